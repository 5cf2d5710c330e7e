package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
        List<HourlyTotal> inOrder = new ArrayList<>();
        for (String customer : List.of("Acme", "acme", "acme1", "bolt", "新規")) {
            for (long hour = -1; hour < 3; hour++) {
                inOrder.add(total(customer, hour, "1", true));
            }
        }
        List<HourlyTotal> backwards = new ArrayList<>(inOrder);
        Collections.reverse(backwards);
        backwards.forEach(batch::add);

        assertThat(batch.rows()).isEqualTo(inOrder);
        assertThat(batch.size()).isEqualTo(20);
    }

    private static HourlyTotal total(String customer, long hour, String quantity, boolean closed) {
        return new HourlyTotal(
                new UsageKey("tokens", customer, "{}"), hour, new BigDecimal(quantity), 1, 2, 3, 0, 0, closed);
    }
}
