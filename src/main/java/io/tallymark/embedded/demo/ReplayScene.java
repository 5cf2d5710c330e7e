package io.tallymark.embedded.demo;

import io.tallymark.audit.Replay;
import io.tallymark.audit.ReplayHours;
import io.tallymark.config.Settings;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;

/** What {@code demo --replay} adds: the day is read again and found right, then one row is falsified, found and mended. */
record ReplayScene(Settings settings, LocalDate day, PrintStream out) {
    private static final String FALSIFY = """
            UPDATE usage_hourly SET quantity = quantity + 1
            WHERE metric = 'api_bytes' AND (customer_id, period_start) = (SELECT customer_id, period_start
                FROM usage_hourly WHERE metric = 'api_bytes' AND closed ORDER BY quantity DESC LIMIT 1)
            RETURNING customer_id || ', ' || period_start AS falsified
            """;

    /** Whether each of the four replays found what it had to find. */
    boolean play(Teardown teardown) throws Exception {
        boolean right = replay(teardown, false);
        out.println("demo: adding 1 to api_bytes of " + falsify() + ", in SQL");
        boolean noticed = !replay(teardown, false);
        boolean mended = replay(teardown, true);
        boolean rightAgain = replay(teardown, false);
        boolean passed = right && noticed && mended && rightAgain;
        out.println("demo: replay " + (passed ? "PASS" : "FAIL"));
        return passed;
    }

    private boolean replay(Teardown teardown, boolean apply) throws Exception {
        out.println("demo: tallymark replay" + (apply ? " --apply" : ""));
        WorkDirectory work = teardown.open(WorkDirectory::create);
        ReplayHours hours =
                ReplayHours.parse(day.minusDays(1).toString(), day.plusDays(2).toString());
        Replay.Request request = new Replay.Request(hours, null, null, apply);
        try (Replay replay = teardown.open(() -> new Replay(settings, request, work.root(), out))) {
            return replay.run();
        }
    }

    private String falsify() throws SQLException {
        try (Connection connection = settings.database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FALSIFY)) {
            row.next();
            return row.getString(1);
        }
    }
}
