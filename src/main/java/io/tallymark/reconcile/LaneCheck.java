package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.ReportSender;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a stretch of a lane with Stripe: reads our books, asks Stripe, reads our books again, and judges only what did not change
 * meanwhile. What agrees is confirmed, what differs is recorded, both in one transaction; nothing else is changed.
 */
final class LaneCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LaneCheck.class);

    private static final String CONFIRM = """
            UPDATE stripe_report SET state = 'confirmed', confirmed_at = report_now()
            WHERE identifier = ANY (?) AND state = 'accepted'
            """;

    private final Database database;
    private final Asking asking;
    private final Duration summaryLag;

    LaneCheck(Database database, ReportSender sender, Duration summaryLag) {
        this.database = database;
        this.asking = new Asking(sender);
        this.summaryLag = summaryLag;
    }

    /**
     * What came of it.
     *
     * @param confirmed reports that are confirmed now and were not before
     * @param calls questions put to Stripe
     * @param pressure what Stripe's last reply says about Stripe as a whole
     */
    record Result(List<Verdict> verdicts, int confirmed, int calls, Delivery.Pressure pressure) {}

    /**
     * Looks at the windows that begin in the stretch, and at the billing periods that reach into it.
     *
     * @throws SQLException as the driver reports it; then nothing was recorded
     */
    Result check(Lane lane, Instant from, Instant to) throws SQLException {
        Before before = database.inSnapshot(connection -> new Before(
                LaneReader.read(connection, lane, from, to), FindingTable.openStarts(connection, lane, from, to)));
        List<Window> windows = Windows.of(before.books(), from, to);
        Asking.Answers answers = asking.ask(before.books(), windows, before.findings());
        return database.inTransaction(connection -> {
            LaneBooks after = LaneReader.read(connection, lane, from, to);
            List<Verdict> verdicts = judge(answers, after, Windows.of(after, from, to));
            return new Result(verdicts, record(connection, lane, verdicts), answers.calls(), answers.pressure());
        });
    }

    private List<Verdict> judge(Asking.Answers answers, LaneBooks after, List<Window> windowsAfter) {
        Judge judge = new Judge(after.now(), summaryLag);
        List<Verdict> verdicts = new ArrayList<>();
        answers.byWindow().forEach((window, held) -> {
            boolean stray = window.hours().isEmpty();
            boolean same = stray
                    ? after.hours().stream().noneMatch(hour -> hour.hour().equals(window.start()))
                    : windowsAfter.contains(window);
            verdicts.add(same ? judge.judge(window, held) : changed(window, held));
        });
        return verdicts;
    }

    private static Verdict changed(Window window, HeldValue held) {
        return new Verdict(window, held, Kind.UNREPORTED, false, Judge.CHANGED, List.of());
    }

    private static int record(Connection connection, Lane lane, List<Verdict> verdicts) throws SQLException {
        List<Finding> agreed = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            if (verdict.agrees()) {
                agreed.add(verdict.finding());
                verdict.window()
                        .reports()
                        .filter(report -> report.state() == ReportState.ACCEPTED)
                        .forEach(report -> seen.add(report.identifier()));
            } else if (isLasting(verdict) && FindingTable.record(connection, verdict.finding())) {
                warn(verdict.finding());
            }
        }
        FindingTable.resolve(connection, lane, agreed);
        FindingTable.resolveMoved(
                connection, lane, verdicts.stream().map(Verdict::finding).toList());
        return seen.isEmpty() ? 0 : Sql.update(connection, CONFIRM, (Object) seen.toArray(String[]::new));
    }

    /** Not what time alone mends, and not what stands in {@code stripe_report} already. */
    private static boolean isLasting(Verdict verdict) {
        return switch (verdict.kind()) {
            case LOST, DOUBLED, FOREIGN_WRITER, UNKNOWN_CUSTOMER -> true;
            case UNREADABLE -> verdict.held().status() == HeldUsage.Status.NO_SUCH_TARGET;
            case OK, UNREPORTED, REJECTED, LAG, AMBIGUOUS, LEDGER -> false;
        };
    }

    private static void warn(Finding finding) {
        LOG.warn(
                "Reconciliation differs: kind={} metric={} customer={} start={} told={} held={} detail=\"{}\"",
                finding.kind().word(),
                finding.metric(),
                PrintableText.of(finding.customerId()),
                finding.start(),
                finding.told().toPlainString(),
                finding.held().map(held -> held.toPlainString()).orElse("unknown"),
                PrintableText.of(finding.detail()));
    }

    /**
     * Reads the windows of a stretch again, for whoever holds the lane's lock.
     *
     * @return the same window, if nothing of it changed
     */
    static Optional<Window> again(Connection connection, Window window) throws SQLException {
        LaneBooks books = LaneReader.read(connection, window.lane(), window.start(), window.end());
        return Windows.of(books, window.start(), window.end()).stream()
                .filter(window::equals)
                .findFirst();
    }

    private record Before(LaneBooks books, Set<Instant> findings) {}
}
