package io.tallymark.chaos;

import java.util.List;

/** What a dead part may have left behind: open transactions, locks, leases, temporary rows, connections, findings. */
public record Leftovers(ChaosStack stack) {
    /** Beyond what one attempt of the job has, some may still be ending. */
    private static final int MOST_CONNECTIONS = 40;

    private static final String SESSIONS = "FROM pg_stat_activity WHERE datname = current_database()"
            + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

    public List<String> found() throws Exception {
        Queries database = new Queries(stack.settings().database());
        Differences differences = new Differences();
        differences.none(
                "open transaction",
                database.lines("SELECT application_name || ' since ' || xact_start || ': ' || query " + SESSIONS
                        + " AND xact_start < now() - interval '5 seconds'"));
        differences.none("prepared transaction", database.lines("SELECT gid FROM pg_prepared_xacts"));
        differences.none("advisory lock", database.lines("SELECT pid::text FROM pg_locks WHERE locktype = 'advisory'"));
        differences.none("lease", database.lines("SELECT metric FROM report_lane WHERE claim_id IS NOT NULL"));
        differences.none("row of a replay", database.lines("SELECT metric FROM usage_replay"));
        differences.none("temporary table", database.lines("SELECT relname FROM pg_class WHERE relpersistence = 't'"));
        differences.none(
                "finding",
                database.lines("SELECT kind || ': ' || detail FROM reconcile_finding WHERE resolved_at IS NULL"));
        differences.none(
                "connections",
                database.lines("SELECT count(*)::text " + SESSIONS + " HAVING count(*) > " + MOST_CONNECTIONS));
        differences.none("Kafka transaction", stack.kafka().openTransactions());
        return differences.found();
    }
}
