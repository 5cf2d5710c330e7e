package io.tallymark.simulator.events;

import io.tallymark.usage.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs a delivery as Stripe does: HMAC-SHA256 over the time of the attempt, a dot and the body. */
final class SignatureHeader {
    static final String NAME = "Stripe-Signature";

    private static final String ALGORITHM = "HmacSHA256";

    private SignatureHeader() {}

    static String of(String body, Secret secret, Instant at) {
        long seconds = at.getEpochSecond();
        return "t=" + seconds + ",v1=" + hmac(seconds + "." + body, secret);
    }

    private static String hmac(String text, Secret secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }
}
