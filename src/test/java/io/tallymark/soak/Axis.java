package io.tallymark.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An axis from zero, with few round steps; from zero, so that flat looks flat. */
record Axis(double step, int steps) {
    private static final int MOST_STEPS = 5;
    private static final double[] ROUND = {1, 2, 2.5, 5, 10};
    private static final double THOUSAND = 1e3;
    private static final double MILLION = 1e6;

    /** Reaches at least to that value. */
    static Axis to(double most) {
        double least = Math.max(most, 1e-9) / MOST_STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double round : ROUND) {
            if (round * power >= least * (1 - 1e-9)) {
                double step = round * power;
                return new Axis(step, (int) Math.ceil(Math.max(most, 1e-9) / step - 1e-9));
            }
        }
        throw new IllegalStateException("ten times a power of ten is more than any number below the next power");
    }

    double end() {
        return step * steps;
    }

    List<Double> marks() {
        List<Double> marks = new ArrayList<>();
        for (int number = 0; number <= steps; number++) {
            marks.add(step * number);
        }
        return marks;
    }

    /** A number with as few letters as the axis allows: {@code 2.5k}. */
    String text(double mark) {
        if (end() >= MILLION) {
            return digits(mark / MILLION) + (mark == 0 ? "" : "M");
        }
        return end() >= 2 * THOUSAND ? digits(mark / THOUSAND) + (mark == 0 ? "" : "k") : digits(mark);
    }

    private static String digits(double number) {
        String text = String.format(Locale.ROOT, "%.3f", number);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
