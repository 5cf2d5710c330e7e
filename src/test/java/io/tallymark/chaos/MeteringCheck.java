package io.tallymark.chaos;

import io.tallymark.embedded.demo.BalanceReader;
import io.tallymark.embedded.demo.BalanceSheet;
import io.tallymark.embedded.demo.DeadLetterReader;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.proof.UsageRows;
import java.sql.SQLException;
import java.util.List;

/** Compares the truth with the table, the balance sheet and the dead-letter topic. */
public record MeteringCheck(ChaosStack stack) {
    private static final String OPEN = " | open";

    /** Every difference; whether an hour is closed does not matter here. */
    public List<String> differences(Truth truth) throws Exception {
        Differences differences = new Differences();
        table(differences, truth);
        sheet(differences, truth.counts());
        letters(differences, truth.counts());
        return differences.found();
    }

    /** Of the table alone. */
    List<String> tableDifferences(Truth truth) throws SQLException {
        Differences differences = new Differences();
        table(differences, truth);
        return differences.found();
    }

    private void table(Differences differences, Truth truth) throws SQLException {
        List<String> rows = UsageRows.of(stack.settings().database()).stream()
                .map(row -> row.replace(OPEN, ""))
                .toList();
        differences.equal("table", UsageRows.of(truth), rows);
    }

    private void sheet(Differences differences, OutcomeCounts truth) throws Exception {
        BalanceSheet sheet = new BalanceReader(stack.settings().database(), ChaosTraffic.TOPIC).sheet();
        differences.equal("balance sheet", truth, sheet.counts());
        differences.none(
                "balance sheet", sheet.problems(stack.kafka().endOffsets(ChaosTraffic.TOPIC, ChaosTraffic.PARTITIONS)));
    }

    private void letters(Differences differences, OutcomeCounts truth) {
        differences.equal(
                "dead letters",
                truth.deadLettered(),
                new DeadLetterReader(stack.kafka().bootstrapServers(), ChaosStack.DEAD_LETTERS).countByReason());
    }
}
