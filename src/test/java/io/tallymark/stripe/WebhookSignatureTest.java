package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.net.Webhook;
import io.tallymark.stripe.WebhookSignature.Verdict;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String OLD = "whsec_old_secret";
    private static final String NEW = "whsec_new_secret";
    private static final String BODY = "{\"id\":\"evt_1\"}";
    private static final String NONSENSE = "0".repeat(64);

    @TempDir
    private Path directory;

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void whatStripesOwnClientSignsIsValid() throws Exception {
        assertThat(open(OLD).check(bytes(BODY), signed(BODY, OLD))).isEqualTo(Verdict.VALID);
    }

    @Test
    void whileASecretIsRotatedBothAreGood() throws Exception {
        WebhookSignature signature = open(OLD + "\n\n " + NEW + " \n");

        assertThat(signature.check(bytes(BODY), signed(BODY, OLD))).isEqualTo(Verdict.VALID);
        assertThat(signature.check(bytes(BODY), signed(BODY, NEW))).isEqualTo(Verdict.VALID);
        assertThat(signature.check(bytes(BODY), signed(BODY, "whsec_third_secret")))
                .isEqualTo(Verdict.FORGED);
    }

    @Test
    void stripeSignsWithBothOfItsSecretsInOneHeader() throws Exception {
        String header = signed(BODY, OLD) + "," + signed(BODY, NEW).replaceFirst("t=\\d+,", "") + ",v0=" + NONSENSE;

        assertThat(open(NEW).check(bytes(BODY), header)).isEqualTo(Verdict.VALID);
    }

    @Test
    void aRotatedFileIsReadAgainWithoutARestartButNotEachTime() throws Exception {
        WebhookSignature signature = open(OLD);
        secrets(NEW);

        assertThat(signature.check(bytes(BODY), signed(BODY, NEW))).isEqualTo(Verdict.FORGED);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());

        assertThat(signature.check(bytes(BODY), signed(BODY, NEW))).isEqualTo(Verdict.VALID);
        assertThat(signature.check(bytes(BODY), signed(BODY, OLD))).isEqualTo(Verdict.FORGED);
    }

    @Test
    void aFileThatIsBrokenMeanwhileChangesNothing() throws Exception {
        WebhookSignature signature = open(OLD);
        secrets("");
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(signature.check(bytes(BODY), signed(BODY, NEW))).isEqualTo(Verdict.FORGED);
        assertThat(signature.check(bytes(BODY), signed(BODY, OLD))).isEqualTo(Verdict.VALID);
    }

    @Test
    void bytesThatAreNoTextAreNotTakenForOthers() throws Exception {
        byte[] invalid = {'"', (byte) 0xff, '"'};
        String replaced = new String(invalid, StandardCharsets.UTF_8);

        assertThat(open(OLD).check(invalid, signed(replaced, OLD))).isEqualTo(Verdict.FORGED);
        assertThat(open(OLD).check(bytes(replaced), signed(replaced, OLD))).isEqualTo(Verdict.VALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "t=,v1=",
                "t",
                "v1",
                "t=1795341600",
                "v1=0000000000000000000000000000000000000000000000000000000000000000",
                "t=now,v1=0000000000000000000000000000000000000000000000000000000000000000",
                "t=-1,v1=0000000000000000000000000000000000000000000000000000000000000000",
                "t=99999999999999999999,v1=0000000000000000000000000000000000000000000000000000000000000000",
                "t=1795341600,v0=0000000000000000000000000000000000000000000000000000000000000000",
                "t=1795341600,v1=00",
                ",,,===,"
            })
    void aHeaderOfAnotherFormIsUnreadable(String header) throws Exception {
        assertThat(open(OLD).check(bytes(BODY), header)).isEqualTo(Verdict.UNREADABLE);
    }

    @Test
    void aHeaderWithoutEndIsNotReadToItsEnd() throws Exception {
        String good = signed(BODY, OLD);

        assertThat(open(OLD).check(bytes(BODY), good + (",v1=" + NONSENSE).repeat(15)))
                .isEqualTo(Verdict.VALID);
        assertThat(open(OLD).check(bytes(BODY), good + (",v1=" + NONSENSE).repeat(16)))
                .isEqualTo(Verdict.UNREADABLE);
        assertThat(open(OLD).check(bytes(BODY), good + ",v0=" + "x".repeat(5_000)))
                .isEqualTo(Verdict.UNREADABLE);
    }

    @Test
    void theFirstTimestampIsTheOneThatWasSigned() throws Exception {
        String header = signed(BODY, OLD);

        assertThat(open(OLD).check(bytes(BODY), header + ",t=1")).isEqualTo(Verdict.VALID);
        assertThat(open(OLD).check(bytes(BODY), "t=1," + header)).isEqualTo(Verdict.FORGED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_test_0123456789", "whsec_", "whsec_good_secret\nsomething", "whsec_with blank 0"})
    void whatIsNoSigningSecretIsRefusedAndNotPrinted(String text) {
        assertThatThrownBy(() -> open(text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("stripe.webhook-secret")
                .hasMessageNotContaining(text);
    }

    private WebhookSignature open(String text) throws IOException {
        SecretRef ref = SecretRef.file("stripe.webhook-secret", secrets(text));
        return WebhookSignature.of(WebhookSecrets.resolve(ref, nanos::get), InstantSource.fixed(NOW));
    }

    private Path secrets(String text) throws IOException {
        return Files.writeString(directory.resolve("secret"), text);
    }

    private static String signed(String body, String secret) throws GeneralSecurityException {
        return Webhook.Signature.generateSignatureHeader(body, secret, NOW.getEpochSecond());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
