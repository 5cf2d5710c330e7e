package io.tallymark.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What {@link EmbeddedKafka} gives its broker, as files: for a broker that is a process of its own and can die. */
public final class BrokerFiles {
    private static final String SECOND_LISTENER = "PROXIED";

    private BrokerFiles() {}

    /**
     * Formats an empty directory.
     *
     * @param clientPort where clients reach the broker itself
     * @param proxiedPort where a proxy reaches it
     * @param proxyPort of that proxy: what clients that come through it are told to connect to
     * @param overrides of the broker's settings
     * @return the broker's {@code server.properties}
     */
    public static Path prepare(
            Path directory, int clientPort, int proxiedPort, int proxyPort, Map<String, String> overrides) {
        Map<String, String> properties = KafkaProperties.of(directory, address(clientPort));
        properties.merge("listeners", listener(proxiedPort), String::concat);
        properties.merge("advertised.listeners", listener(proxyPort), String::concat);
        properties.merge("listener.security.protocol.map", "," + SECOND_LISTENER + ":PLAINTEXT", String::concat);
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.putAll(overrides);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + directory, e);
        }
        KafkaStorage.format(directory, properties);
        return directory.resolve("server.properties");
    }

    private static String listener(int port) {
        return "," + SECOND_LISTENER + "://" + address(port);
    }

    private static String address(int port) {
        return ListenPort.LOOPBACK + ":" + port;
    }
}
