package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import org.junit.jupiter.api.Test;

class LocalPortsTest {
    @Test
    void freePortsAreAllDifferent() {
        assertThatCode(LocalPorts::free).doesNotThrowAnyException();
    }

    @Test
    void namesTheFlagsOfTwoPartsWithOnePort() {
        ListenPort kafka = ListenPort.given(19_092, "--kafka-port");
        ListenPort web = ListenPort.given(19_092, "--web-port");

        assertThatThrownBy(() -> new LocalPorts(kafka, ListenPort.free(), ListenPort.free(), web))
                .isInstanceOf(UserError.class)
                .hasMessage("--kafka-port and --web-port are both 19092");
    }

    @Test
    void zeroIsNoPortToGive() {
        assertThatThrownBy(() -> ListenPort.given(0, "--web-port")).isInstanceOf(UserError.class);
    }
}
