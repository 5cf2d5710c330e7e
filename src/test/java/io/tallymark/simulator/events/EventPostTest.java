package io.tallymark.simulator.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventPostTest {
    private ServerSocket receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        receiver.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        receiver.close();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 204 No Content|, 204",
        "HTTP/1.1 302 Found|Location: http://127.0.0.1:1/|Content-Length: 0|, 302",
        "HTTP/1.1 503 Unavailable|Content-Length: 0|, 503",
        "nonsense|, 0"
    })
    void theStatusOfTheAnswerIsTold(String answer, int status) throws Exception {
        assertThat(send(Duration.ofSeconds(10), answer.replace("|", "\r\n") + "\r\n"))
                .isEqualTo(status);
    }

    @Test
    void aReceiverThatSaysNothingIsNotWaitedFor() throws Exception {
        try (EventPost post = new EventPost(Duration.ofMillis(200))) {
            assertThat(post.send(url(), "{}", "t=1,v1=00").get(10, TimeUnit.SECONDS))
                    .isEqualTo(EventPost.NO_ANSWER);
        }
    }

    @Test
    void anAnswerThatDoesNotEndIsNone() throws Exception {
        assertThat(send(Duration.ofSeconds(3), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1"))
                .isEqualTo(EventPost.NO_ANSWER);
    }

    /** The receiver answers and leaves the connection open. */
    private int send(Duration timeout, String answer) throws Exception {
        try (EventPost post = new EventPost(timeout)) {
            CompletableFuture<Integer> status = post.send(url(), "{}", "t=1,v1=00");
            try (Socket connection = receiver.accept()) {
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                return status.get(10, TimeUnit.SECONDS);
            }
        }
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + receiver.getLocalPort() + "/");
    }
}
