package io.tallymark.audit;

import java.math.BigDecimal;

/** A row of {@code usage_hourly}. {@code digest} is in hex, {@code updatedAt} in RFC 3339. */
record UsageRow(
        String dimensions,
        BigDecimal quantity,
        long eventCount,
        long withdrawnCount,
        String digest,
        int revision,
        boolean closed,
        String updatedAt,
        long writerEpoch) {}
