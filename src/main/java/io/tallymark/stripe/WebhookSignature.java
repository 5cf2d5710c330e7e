package io.tallymark.stripe;

import io.tallymark.usage.Secret;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells a delivery of Stripe's from anybody else's, over the exact bytes that came. Thread safe.
 *
 * <p>Not stripe-java's {@code Webhook.Signature}: that takes the body as text, so bytes that are no UTF-8 are signed as something else;
 * it lets timestamps from the future pass; and headers without numbers or equals signs end in exceptions that are none of its own.
 */
public final class WebhookSignature {
    /** As in all of Stripe's own libraries, but here in both directions. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String ALGORITHM = "HmacSHA256";
    private static final String DIGITS = "\\d{1,12}";
    private static final String HEX = "[0-9a-f]{64}";
    private static final int LONGEST_HEADER = 4_096;
    private static final int MOST_SIGNATURES = 16;

    private final WebhookSecrets secrets;
    private final InstantSource clock;

    private WebhookSignature(WebhookSecrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** What a signature is worth. */
    public enum Verdict {
        VALID(""),
        MISSING("there is no Stripe-Signature header"),
        UNREADABLE("the Stripe-Signature header is not of the form t=…,v1=…"),
        FORGED("no signature matches the body and a signing secret of this endpoint"),
        STALE("the signature is older than " + TOLERANCE.toSeconds() + " s"),
        FROM_THE_FUTURE("the signature is more than " + TOLERANCE.toSeconds() + " s ahead of this machine's clock");

        private final String problem;

        Verdict(String problem) {
            this.problem = problem;
        }

        /** For the answer and the log: without anything that was sent. */
        public String problem() {
            return problem;
        }
    }

    /**
     * Reads the secrets.
     *
     * @param clock by which a signature is too old, or from the future
     * @throws UserError when there is no secret
     */
    public static WebhookSignature open(SecretRef secrets, InstantSource clock) {
        return new WebhookSignature(WebhookSecrets.resolve(secrets, System::nanoTime), clock);
    }

    static WebhookSignature of(WebhookSecrets secrets, InstantSource clock) {
        return new WebhookSignature(secrets, clock);
    }

    /**
     * Judges a delivery. The age is only judged of a signature that matches: to anybody else nothing is told about the clock.
     *
     * @param header of the name {@code Stripe-Signature}; empty when there was none
     */
    public Verdict check(byte[] body, String header) {
        if (header.isBlank()) {
            return Verdict.MISSING;
        }
        return Signed.parse(header).map(signed -> check(body, signed)).orElse(Verdict.UNREADABLE);
    }

    private Verdict check(byte[] body, Signed signed) {
        if (!matches(body, signed, secrets.current()) && !matches(body, signed, secrets.again())) {
            return Verdict.FORGED;
        }
        Duration age = Duration.between(Instant.ofEpochSecond(signed.seconds()), clock.instant());
        if (age.compareTo(TOLERANCE) > 0) {
            return Verdict.STALE;
        }
        return age.compareTo(TOLERANCE.negated()) < 0 ? Verdict.FROM_THE_FUTURE : Verdict.VALID;
    }

    private static boolean matches(byte[] body, Signed signed, List<Secret> secrets) {
        boolean matches = false;
        for (Secret secret : secrets) {
            byte[] expected = hmac(secret, signed.timestamp(), body);
            for (byte[] signature : signed.signatures()) {
                // Compared in constant time, and all of them: how long it takes tells nothing.
                matches |= MessageDigest.isEqual(expected, signature);
            }
        }
        return matches;
    }

    private static byte[] hmac(Secret secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    /** A header, read: the timestamp as it was written, since that is what was signed. */
    private record Signed(String timestamp, List<byte[]> signatures) {
        static Optional<Signed> parse(String header) {
            if (header.length() > LONGEST_HEADER) {
                return Optional.empty();
            }
            String timestamp = "";
            List<byte[]> signatures = new ArrayList<>();
            for (String item : header.split(",")) {
                String[] pair = item.strip().split("=", 2);
                String value = pair.length < 2 ? "" : pair[1];
                if (pair[0].equals("t") && timestamp.isEmpty()) {
                    timestamp = value;
                } else if (pair[0].equals("v1") && value.matches(HEX)) {
                    signatures.add(HexFormat.of().parseHex(value));
                }
            }
            boolean whole = timestamp.matches(DIGITS) && !signatures.isEmpty() && signatures.size() <= MOST_SIGNATURES;
            return whole ? Optional.of(new Signed(timestamp, List.copyOf(signatures))) : Optional.empty();
        }

        long seconds() {
            return Long.parseLong(timestamp);
        }
    }
}
