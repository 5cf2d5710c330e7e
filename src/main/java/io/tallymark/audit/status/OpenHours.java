package io.tallymark.audit.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Hours with early results; {@code oldest} is null when there are none. */
public record OpenHours(long hours, @Nullable Instant oldest) {}
