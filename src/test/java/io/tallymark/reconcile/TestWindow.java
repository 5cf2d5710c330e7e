package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds a window hour by hour. */
final class TestWindow {
    static final Instant NOW = Instant.parse("2026-03-02T00:00:00Z");
    static final Instant HOUR = Instant.parse("2026-03-01T10:00:00Z");
    static final Lane LANE = new Lane("calls", "acme");

    private final @Nullable ReportMode mode;
    private final List<HourBooks> hours = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();
    private Instant hour = HOUR;
    private BigDecimal table = BigDecimal.ZERO;
    private boolean due;
    private String waitingFor = "";

    private TestWindow(@Nullable ReportMode mode) {
        this.mode = mode;
    }

    static TestWindow of(ReportMode mode) {
        return new TestWindow(mode);
    }

    static TestWindow untold() {
        return new TestWindow(null);
    }

    TestWindow table(String quantity) {
        table = new BigDecimal(quantity);
        return this;
    }

    TestWindow report(long amount, ReportState state) {
        return report(new Report(amount, state));
    }

    TestWindow report(Report report) {
        reports.add(report);
        return this;
    }

    TestWindow due() {
        due = true;
        return this;
    }

    TestWindow waitingFor(String reason) {
        waitingFor = reason;
        return this;
    }

    TestWindow nextHour() {
        List<ReportLine> lines = new ArrayList<>();
        if (mode != null) {
            for (Report report : reports) {
                lines.add(report.line(mode, hour, lines.size() + 1));
            }
        }
        hours.add(new HourBooks(hour, table, lines, due, waitingFor));
        reports.clear();
        hour = hour.plus(Duration.ofHours(1));
        return this;
    }

    Window window() {
        nextHour();
        return new Window(LANE, mode == null ? null : new StripeSide(mode, "calls", "cus_acme"), HOUR, hour, hours);
    }

    /** A report in a few words. */
    record Report(long value, long amount, ReportState state, String error, Duration age) {
        Report(long amount, ReportState state) {
            this(amount, amount, state);
        }

        Report(long value, long amount, ReportState state) {
            this(value, amount, state, "", Duration.ofHours(2));
        }

        Report stripeError(String text) {
            return new Report(value, amount, state, text, age);
        }

        Report acceptedAgo(Duration duration) {
            return new Report(value, amount, state, error, duration);
        }

        ReportLine line(ReportMode mode, Instant hour, int sequence) {
            return new ReportLine(
                    hour,
                    "tm-" + hour + "-" + sequence,
                    sequence,
                    mode,
                    "calls",
                    "cus_acme",
                    BigDecimal.valueOf(value),
                    BigDecimal.valueOf(amount),
                    hour,
                    state,
                    state == ReportState.OBSERVED ? 0 : 1,
                    state.isUnresolved() ? null : NOW.minus(age),
                    "",
                    error,
                    false);
        }
    }
}
