package io.tallymark.soak;

import java.util.List;
import java.util.Locale;

/** What a series has to look like in a system that could run for ever. */
sealed interface Rule {
    /** In words, for the report. */
    String bound();

    /** @param half the run's half to judge, its readings in order; never empty */
    Verdict judge(List<Point> run, List<Point> half);

    /**
     * Must not grow. A rise counts when it is steeper than the bound and larger than the noise of one reading: a short run's slope is
     * steep by chance, and a long run's is not.
     *
     * @param percentPerHour steepest slope
     * @param noise largest rise over the judged half that says nothing, in the unit of the series
     */
    record Flat(double percentPerHour, double noise) implements Rule {
        @Override
        public String bound() {
            return String.format(Locale.ROOT, "≤ %+.0f", percentPerHour);
        }

        @Override
        public Verdict judge(List<Point> run, List<Point> half) {
            Trend trend = Trend.of(half);
            boolean grows = trend.percentPerHour() > percentPerHour && trend.rise() > noise;
            return new Verdict(!grows, grows ? "grows" : "flat");
        }
    }

    /** As {@link Flat}, downwards: must not sink. */
    record Steady(double percentPerHour, double noise) implements Rule {
        @Override
        public String bound() {
            return String.format(Locale.ROOT, "≥ -%.0f", percentPerHour);
        }

        @Override
        public Verdict judge(List<Point> run, List<Point> half) {
            Trend trend = Trend.of(half);
            boolean sinks = trend.percentPerHour() < -percentPerHour && trend.rise() < -noise;
            return new Verdict(!sinks, sinks ? "sinks" : "steady");
        }
    }

    /**
     * Grows with the hours that are billed, and no faster than that: the judged half grows about as fast as the quarter before it.
     *
     * @param most how many times as fast it may
     * @param noise rise an hour that says nothing
     */
    record Grows(double most, double noise) implements Rule {
        @Override
        public String bound() {
            return String.format(Locale.ROOT, "≤ %.2f × before", most);
        }

        @Override
        public Verdict judge(List<Point> run, List<Point> half) {
            double middle = half.get(0).minute();
            List<Point> quarter = run.stream()
                    .filter(point -> point.minute() >= middle / 2 && point.minute() <= middle)
                    .toList();
            double before = Trend.of(quarter).perHour();
            double now = Trend.of(half).perHour();
            boolean faster = now > before * most && now > noise;
            return new Verdict(!faster, faster ? "grows faster" : "grows as usage does");
        }
    }

    /** Must be zero from beginning to end. */
    record Never() implements Rule {
        @Override
        public String bound() {
            return "0";
        }

        @Override
        public Verdict judge(List<Point> run, List<Point> half) {
            boolean none = run.stream().allMatch(point -> point.value() == 0);
            return new Verdict(none, none ? "none" : "happened");
        }
    }
}
