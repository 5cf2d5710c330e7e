package io.tallymark.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The check of names finds what is missing. */
class ExpressionTest {
    private static final Scrape SCRAPE = Scrape.parse("""
            # HELP flink_records records
            flink_records{job_name="tallymark",outcome="COUNTED",task_name="a -> \\"b\\"",} 3.0
            flink_records{job_name="tallymark",outcome="DUPLICATE",} 1.0
            flink_jobs 1.0
            """);

    @Test
    void findsWhatIsThere() {
        assertThat(Expression.parse("sum by (outcome, instance) (rate(flink_records{outcome=\"COUNTED\"}[5m])) > 1")
                        .missingIn(SCRAPE))
                .isEmpty();
        assertThat(SCRAPE.named("flink_records")).hasSize(2);
    }

    @Test
    void missesAMetric() {
        assertThat(Expression.parse("flink_jobs + flink_record").missingIn(SCRAPE))
                .singleElement()
                .asString()
                .contains("flink_record,", "finds nothing");
    }

    @Test
    void missesAValueOfALabel() {
        assertThat(Expression.parse("flink_records{outcome=\"counted\"}").missingIn(SCRAPE))
                .hasSize(1);
        assertThat(Expression.parse("flink_records{outcome=~\"COUNT.*\"}").missingIn(SCRAPE))
                .isEmpty();
    }

    @Test
    void missesALabelByWhichItGroupsOrJoins() {
        assertThat(Expression.parse("max by (job_name) (flink_jobs)").missingIn(SCRAPE))
                .hasSize(1);
        assertThat(Expression.parse("flink_jobs and on (job_name) flink_records")
                        .missingIn(SCRAPE))
                .hasSize(1);
    }

    @Test
    void missesOnlyTheLabelsOfAJoinInWhatTakesOthersAway() {
        String alert = "sum by (job_name, outcome) (flink_records unless on (%s) flink_jobs > 5)";

        assertThat(Expression.parse(alert.formatted("instance")).missingIn(SCRAPE))
                .isEmpty();
        assertThat(Expression.parse(alert.formatted("job_name")).missingIn(SCRAPE))
                .singleElement()
                .asString()
                .contains("flink_jobs", "has no label job_name");
    }
}
