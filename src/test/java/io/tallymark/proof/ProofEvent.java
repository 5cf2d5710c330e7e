package io.tallymark.proof;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A usage event of the reporting proof. Its void is the same with a flag. */
record ProofEvent(String id, String customer, Instant time, BigDecimal amount, long units, String model) {
    Instant hour() {
        return time.truncatedTo(ChronoUnit.HOURS);
    }

    byte[] json(boolean isVoid) {
        return """
                {%s"id":"%s","source":"proof","type":"usage","subject":"%s","time":"%s",\
                "data":{"amount":%s,"units":%d,"model":"%s"}}
                """.formatted(isVoid ? "\"void\":true," : "", id, customer, time, amount.toPlainString(), units, model)
                .getBytes(StandardCharsets.UTF_8);
    }
}
