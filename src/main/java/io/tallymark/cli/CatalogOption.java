package io.tallymark.cli;

import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogFile;
import io.tallymark.config.Settings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flag that names catalog.yaml, the same everywhere. */
final class CatalogOption {
    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            defaultValue = "${env:TALLYMARK_CATALOG:-${sys:tallymark.home:-.}/flink-conf/catalog.yaml}",
            description = "what is sold (default: flink-conf/catalog.yaml, or what TALLYMARK_CATALOG names)")
    private Path file = Path.of("flink-conf", "catalog.yaml");

    Catalog load(Settings settings) {
        return CatalogFile.load(file, settings.ingest().meters());
    }
}
