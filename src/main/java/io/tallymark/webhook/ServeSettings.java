package io.tallymark.webhook;

import io.tallymark.stripe.KeyMode;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where the webhook listens, and for whom.
 *
 * @param address this machine's own by default: what is reachable from outside is the proxy before it, which ends TLS
 * @param secrets where the signing secrets are found
 * @param live whether events of live mode are expected, or those of test mode
 */
public record ServeSettings(InetSocketAddress address, SecretRef secrets, boolean live) {
    public static final int DEFAULT_PORT = 12_112;

    /**
     * On the loopback address, for the mode of the API key.
     *
     * @param port 0 for any free one
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static ServeSettings of(StripeSettings stripe, int port) {
        return of(stripe, InetAddress.getLoopbackAddress(), port);
    }

    /** As {@link #of(StripeSettings, int)}, on another address: for containers. */
    public static ServeSettings of(StripeSettings stripe, InetAddress host, int port) {
        return new ServeSettings(new InetSocketAddress(host, port), stripe.webhookSecret(), KeyMode.isLive(stripe));
    }
}
