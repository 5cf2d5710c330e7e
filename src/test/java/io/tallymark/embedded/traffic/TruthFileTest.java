package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthFileTest {
    @TempDir
    private Path directory;

    @Test
    void keepsEveryCountAndRow() {
        Path file = directory.resolve("truth.jsonl");
        Truth truth = SampleTraffic.truth(SampleTraffic.standard(7, 5_000));

        TruthFile.write(file, truth);

        assertThat(truth.rows()).isNotEmpty();
        assertThat(TruthFile.read(file)).isEqualTo(truth);
    }

    @Test
    void saysSoWhenAFileHoldsNoTruth() throws Exception {
        Path file = Files.writeString(directory.resolve("notes.txt"), "hello");

        assertThatThrownBy(() -> TruthFile.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("notes.txt");
    }
}
