package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ListenPortTest {
    private static final int MANY = 300;
    /** Where Linux begins with the ports that it gives to clients. */
    private static final int FIRST_OF_CLIENTS = 32_768;

    /** A part binds to its port seconds later, and again when it restarts: until then nobody else may get it. */
    @Test
    void freePortsAreNeitherGivenTwiceNorToClients() {
        Set<Integer> ports = new HashSet<>();
        for (int count = 0; count < MANY; count++) {
            ports.add(ListenPort.free().resolve());
        }

        assertThat(ports).hasSize(MANY).allMatch(port -> port < FIRST_OF_CLIENTS);
    }

    @Test
    void takenPortsArePassedOver() throws Exception {
        int port = ListenPort.free().resolve();
        try (ServerSocket stranger = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
            assertThat(ListenPort.free().resolve()).isNotEqualTo(stranger.getLocalPort());
        }
    }
}
