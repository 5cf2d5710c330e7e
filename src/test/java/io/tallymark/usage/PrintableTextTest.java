package io.tallymark.usage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTextTest {
    @Test
    void plainTextStaysAsItIs() {
        assertThat(PrintableText.of("Größe 数 😀 'a\\b'")).isEqualTo("Größe 数 😀 'a\\b'");
    }

    @Test
    void nothingThatDrivesATerminalPasses() {
        assertThat(PrintableText.of("\u001b[2Ja\r\nb\u009b1m\u0007\u0000\u007f"))
                .isEqualTo("\\u{1b}[2Ja\\u{d}\\u{a}b\\u{9b}1m\\u{7}\\u{0}\\u{7f}");
    }

    @Test
    void nothingThatTurnsOrBreaksALinePasses() {
        assertThat(PrintableText.of("\u202e\u2066\u200b\ufeff\u2028\ud800"))
                .isEqualTo("\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{2028}\\u{d800}");
    }
}
