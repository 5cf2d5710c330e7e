package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeSettingsTest {
    private static final SecretRef NO_KEY = SecretRef.none("stripe.api-key");

    @TempDir
    Path folder;

    @Test
    void defaultsReachStripeItself() {
        StripeSettings settings = StripeSettings.defaults(NO_KEY);

        assertThat(settings.apiBase()).isEqualTo(URI.create("https://api.stripe.com"));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.callDeadline()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.callsInFlight()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://stripe.com",
                "api.stripe.com",
                "https:///v1",
                "https://api.stripe.com/",
                "https://api.stripe.com/v1",
                "https://api.stripe.com?a=b",
                "https://user:pass@api.stripe.com"
            })
    void aBaseThatIsNotSchemeHostAndPortIsRefused(String base) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StripeSettings.defaults(NO_KEY).withApiBase(URI.create(base)))
                .withMessageStartingWith("stripe.api-base: ")
                .withMessageContaining("is out of range")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pass"));
    }

    @Test
    void everyBoundNamesItsKeyValueAndRange() {
        assertRefused(Duration.ZERO, Duration.ofSeconds(1), 1, "stripe.connect-timeout: PT0S is out of range");
        assertRefused(Duration.ofSeconds(2), Duration.ofSeconds(1), 1, "at most stripe.call-deadline, PT1S");
        assertRefused(Duration.ofSeconds(1), Duration.ofHours(1), 1, "stripe.call-deadline: PT1H is out of range");
        assertRefused(
                Duration.ofSeconds(1), Duration.ofSeconds(1), 0, "stripe.calls-in-flight: 0 is out of range: 1 to");
    }

    @Test
    void aSimulatorOnThisMachineNeedsNoKey() {
        StripeSettings settings = StripeSettings.defaults(NO_KEY).withApiBase(URI.create("http://127.0.0.1:12111"));

        assertThat(ApiKey.resolve(settings).reveal()).startsWith("sk_test_");
    }

    @Test
    void stripeItselfNeedsAKey() {
        assertThatThrownBy(() -> ApiKey.resolve(StripeSettings.defaults(NO_KEY)))
                .isInstanceOf(UserError.class)
                .hasMessage("stripe.api-key is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pk_test_abcd", "abcd", "sk_test_ab cd", "sk_test_ab\u0007cd", "sk_test_äbcd"})
    void whatIsNoSecretKeyIsRefusedWithoutShowingIt(String key) throws IOException {
        StripeSettings settings = StripeSettings.defaults(keyFile(key));

        assertThatThrownBy(() -> ApiKey.resolve(settings))
                .isInstanceOf(UserError.class)
                .hasMessage("stripe.api-key is no Stripe secret key")
                .hasToString("io.tallymark.usage.UserError: stripe.api-key is no Stripe secret key");
    }

    @Test
    void aLiveKeyNeverTravelsInTheClear() throws IOException {
        StripeSettings settings = StripeSettings.defaults(keyFile("sk_live_4242"))
                .withApiBase(URI.create("http://stripe-simulator:12111"));

        assertThatThrownBy(() -> ApiKey.resolve(settings))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is not encrypted")
                .hasMessageNotContaining("4242");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_test_51Ab", "rk_live_ab_CD", "sk_test_****1234", "rk_test_...9876"})
    void anyTokenThatLooksLikeAKeyIsTakenOutOfMessages(String token) {
        assertThat(Redaction.clean("Invalid API Key provided: " + token)).isEqualTo("Invalid API Key provided: [key]");
    }

    @Test
    void messagesAreOneLineAndBounded() {
        assertThat(Redaction.clean("a\r\nb")).isEqualTo("a b");
        assertThat(Redaction.clean("x".repeat(10_000))).hasSize(500);
    }

    private static void assertRefused(Duration connect, Duration deadline, int calls, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StripeSettings(NO_KEY, StripeSettings.DEFAULT_API_BASE, connect, deadline, calls))
                .withMessageContaining(message);
    }

    private SecretRef keyFile(String key) throws IOException {
        return SecretRef.file("stripe.api-key", Files.writeString(folder.resolve("key"), key));
    }
}
