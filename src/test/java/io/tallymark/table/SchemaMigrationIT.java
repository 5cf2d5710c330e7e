package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SchemaMigrationIT {
    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @Test
    void migratesAnEmptyDatabaseOnceAndThenChangesNothing() throws Exception {
        Queries.execute(superuser("postgres"), "CREATE DATABASE empty_one");
        DatabaseAccess empty = superuser("empty_one");

        assertThat(SchemaMigration.pending(empty)).contains("1");
        assertThat(SchemaMigration.migrate(empty)).isPositive();
        assertThat(SchemaMigration.migrate(empty)).isZero();
        assertThat(SchemaMigration.pending(empty)).isEmpty();
    }

    @Test
    void makesRoomForTheMonthsAroundToday() throws Exception {
        assertThat(Queries.rows(database.access(), """
                        SELECT to_regclass('usage_hourly_' || to_char(now() AT TIME ZONE 'UTC' + months * interval '1 month', 'YYYY_MM'))
                            IS NOT NULL
                        FROM unnest(ARRAY [-2, -1, 0, 1, 12]) AS months
                        """)).containsOnly("t");
    }

    @Test
    void movesRowsOfTheDefaultPartitionToTheirMonthWithoutAPosting() throws Exception {
        Queries.execute(
                database.access(),
                """
                INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed, writer_epoch)
                SELECT 'moved', 'acme', start, 7, 1, decode(repeat('00', 16), 'hex'), 1, true, 1
                FROM unnest(ARRAY ['2019-12-31T23:00Z', '2020-01-01T00:00Z', '2020-01-31T23:00Z', '2020-02-01T00:00Z']::timestamptz[])
                    AS start
                """,
                "SET timezone = 'Asia/Tokyo'",
                "SELECT ensure_usage_months('2020-01-15T00:00Z', '2020-01-15T00:00Z')");

        assertThat(Queries.rows(database.access(), """
                        SELECT tableoid::regclass, count(*) FROM usage_hourly WHERE metric = 'moved' GROUP BY 1
                        """))
                .containsExactlyInAnyOrder("usage_hourly_2020_01 2", "usage_hourly_default 2");
        assertThat(Queries.rows(database.access(), "SELECT sum(amount) FROM ledger_entry WHERE metric = 'moved'"))
                .containsExactly("28");
    }

    @Test
    void hoursAreUtcHours() {
        assertThatThrownBy(() -> Queries.execute(database.access(), """
                        INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed,
                            writer_epoch)
                        VALUES ('half', 'acme', '2026-03-01T12:30Z', 7, 1, decode(repeat('00', 16), 'hex'), 1, true, 1)
                        """)).hasMessageContaining("period_start");
    }

    @Test
    void unreachableServerIsOneLineWithItsRemedy() {
        DatabaseAccess nobody = new DatabaseAccess(
                "jdbc:postgresql://127.0.0.1:" + ListenPort.free().resolve() + "/tallymark",
                "tallymark",
                SecretRef.none("postgres.password"));

        assertThatThrownBy(() -> SchemaMigration.migrate(nobody))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("cannot migrate jdbc:postgresql:")
                .message()
                .hasLineCount(1);
    }

    private static DatabaseAccess superuser(String name) {
        return new DatabaseAccess(
                "jdbc:postgresql://127.0.0.1:" + database.port() + "/" + name,
                "postgres",
                SecretRef.none("postgres.password"));
    }
}
