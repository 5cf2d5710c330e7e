package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flag that names tallymark.yaml, the same everywhere. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "${env:TALLYMARK_CONFIG:-${sys:tallymark.home:-.}/flink-conf/tallymark.yaml}",
            description = "the configuration (default: flink-conf/tallymark.yaml, or what TALLYMARK_CONFIG names)")
    private Path file = Path.of("flink-conf", "tallymark.yaml");

    Settings load() {
        return SettingsLoader.load(file);
    }

    Path file() {
        return file;
    }
}
