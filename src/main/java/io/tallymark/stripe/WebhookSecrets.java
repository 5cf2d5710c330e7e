package io.tallymark.stripe;

import io.tallymark.usage.Secret;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing secrets of our webhook endpoints: several while one is rotated. They are read again from where the settings point to, so
 * that a rotation needs no restart. Thread safe.
 */
final class WebhookSecrets {
    static final int MOST = 8;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSecrets.class);
    private static final Pattern SHAPE = Pattern.compile("whsec_[A-Za-z0-9+/=_-]{8,250}");

    /** Anybody may send a signature that does not match: that must not make us read a file each time. */
    private static final Duration READ_AT_MOST_EVERY = Duration.ofSeconds(5);

    private final SecretRef ref;
    private final LongSupplier nanos;
    private List<Secret> secrets;
    private long readAtNanos;

    private WebhookSecrets(SecretRef ref, LongSupplier nanos, List<Secret> secrets) {
        this.ref = ref;
        this.nanos = nanos;
        this.secrets = secrets;
        this.readAtNanos = nanos.getAsLong();
    }

    /**
     * Reads them.
     *
     * @throws UserError when there is none, or what is there is no signing secret
     */
    static WebhookSecrets resolve(SecretRef ref, LongSupplier nanos) {
        return new WebhookSecrets(ref, nanos, read(ref));
    }

    synchronized List<Secret> current() {
        return secrets;
    }

    /** Those that are there by now, when they have just been read again; otherwise none. */
    synchronized List<Secret> again() {
        if (nanos.getAsLong() - readAtNanos < READ_AT_MOST_EVERY.toNanos()) {
            return List.of();
        }
        readAtNanos = nanos.getAsLong();
        try {
            secrets = read(ref);
        } catch (UserError e) {
            LOG.warn("{}; going on with what was read before", e.getMessage());
        }
        return secrets;
    }

    private static List<Secret> read(SecretRef ref) {
        List<Secret> secrets = ref.resolve()
                .reveal()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Secret::new)
                .toList();
        boolean shaped = secrets.stream()
                .allMatch(secret -> SHAPE.matcher(secret.reveal()).matches());
        if (secrets.isEmpty() || secrets.size() > MOST || !shaped) {
            throw new UserError(
                    ref.name() + " is no list of webhook signing secrets",
                    "use the endpoint's signing secret, which begins with whsec_; while you rotate it both, one on each line");
        }
        return secrets;
    }
}
