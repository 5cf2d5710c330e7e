package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class TotalsBatchTest {
    private final TotalsBatch batch = new TotalsBatch();

    @Test
    void laterTotalOfARowReplacesTheEarlierOne() {
        batch.add(total("acme", 1, "5", true));
        batch.add(total("acme", 1, "7", true));

        assertThat(batch.rows()).containsExactly(total("acme", 1, "7", true));
    }

    @Test
    void closedTotalReplacesThatOfARunningHour() {
        batch.add(total("acme", 1, "5", false));
        batch.add(total("acme", 1, "7", true));

        assertThat(batch.rows()).containsExactly(total("acme", 1, "7", true));
    }

    @Test
    void totalOfARunningHourNeverReplacesAClosedOne() {
        batch.add(total("acme", 1, "7", true));
        batch.add(total("acme", 1, "5", false));

        assertThat(batch.rows()).containsExactly(total("acme", 1, "7", true));
    }

    @Test
    void rowsComeInTheOrderOfTheirKeysWhateverCameFirst() {
        batch.add(total("bolt", 1, "1", true));
        batch.add(total("acme", 2, "2", true));
        batch.add(total("acme", 1, "3", true));

        assertThat(batch.rows())
                .containsExactly(total("acme", 1, "3", true), total("acme", 2, "2", true), total("bolt", 1, "1", true));
        assertThat(batch.size()).isEqualTo(3);
    }

    private static HourlyTotal total(String customer, long hour, String quantity, boolean closed) {
        return new HourlyTotal(
                new UsageKey("tokens", customer, "{}"), hour, new BigDecimal(quantity), 1, 2, 3, 0, 0, closed);
    }
}
