package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;

class SchemaMigrationTest {
    @Test
    void migratesAnEmptyDatabaseOnceAndThenChangesNothing() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            DatabaseAccess database = new DatabaseAccess(
                    postgres.getJdbcUrl("postgres", "postgres"), "postgres", SecretRef.none("password"));

            assertThat(SchemaMigration.migrate(database)).isPositive();
            assertThat(SchemaMigration.migrate(database)).isZero();
            assertThat(SchemaMigration.pending(database)).isEmpty();
        }
    }
}
