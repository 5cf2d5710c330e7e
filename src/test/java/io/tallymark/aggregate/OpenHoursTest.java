package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenHoursTest {
    private static final long NOON = 12;
    private static final long ONE = 13;

    private final OpenHours hours = new OpenHours();

    @Test
    void hourIsOpenUntilItsLastKeyIsClosed() {
        hours.began(NOON);
        hours.began(NOON);
        hours.began(ONE);
        hours.closed(NOON);
        assertThat(hours.count()).isEqualTo(2);

        hours.closed(NOON);
        assertThat(hours.count()).isEqualTo(1);
    }

    @Test
    void keyOfAnEarlierAttemptClosesUncounted() {
        hours.closed(NOON);
        hours.began(ONE);

        assertThat(hours.count()).isEqualTo(1);
    }
}
