package io.tallymark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobJarIT {
    private static final Path JAR = Path.of(System.getProperty("tallymark.job-jar", "target/tallymark-job.jar"));
    private static final Path FLINK_LIB = Path.of(System.getProperty("tallymark.flink-lib", "target/flink/lib"));
    private static final long MAX_BYTES = 40_000_000;

    @Test
    void holdsOurCodeAndWhatFlinkDoesNotProvide() throws IOException {
        assertThat(entries())
                .contains(
                        "io/tallymark/TallymarkJob.class",
                        "io/tallymark/table/UsageTable.class",
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
                        "org/postgresql/Driver.class",
                        "com/zaxxer/hikari/HikariDataSource.class",
                        "com/stripe/StripeClient.class",
                        "com/google/gson/Gson.class",
                        "com/fasterxml/jackson/databind/json/JsonMapper.class",
                        "com/fasterxml/jackson/dataformat/yaml/YAMLMapper.class",
                        "linux/amd64/libzstd-jni-1.5.6-10.so",
                        "META-INF/services/java.sql.Driver",
                        "META-INF/NOTICE");
    }

    /** Compression alone comes twice: Kafka's clients want their own versions of it. */
    @Test
    void bringsNoClassThatFlinkHas() throws IOException {
        Set<String> flink = new HashSet<>();
        try (Stream<Path> jars = Files.list(FLINK_LIB)) {
            for (Path jar : jars.toList()) {
                flink.addAll(classes(jar));
            }
        }

        assertThat(classes(JAR))
                .filteredOn(flink::contains)
                .allMatch(name -> name.matches("(net/jpountz|org/xerial/snappy)/.*"));
    }

    @Test
    void leavesOutWhatOnlyTheLauncherNeeds() throws IOException {
        assertThat(entries())
                .noneMatch(name -> name.matches("io/tallymark/(bench|embedded|simulator|cli)/.*"))
                .noneMatch(name -> name.matches("org/apache/flink/table/.*|flink-table-planner\\.jar"))
                .noneMatch(name -> name.matches("org/apache/flink/connector/jdbc/.*"))
                .noneMatch(name -> name.contains("SchemaMigration"))
                .noneMatch(
                        name -> name.matches("db/.*|org/flywaydb/.*|picocli/.*|io/zonky/.*|kafka/server/.*|scala/.*"));
    }

    @Test
    void hasNoDeadWeight() throws IOException {
        assertThat(entries())
                .noneMatch(name -> name.endsWith("module-info.class"))
                .noneMatch(name -> name.matches("META-INF/(maven|versions|native-image)/.+"))
                .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA)"))
                .noneMatch(name -> name.matches("log4j.*"))
                .doesNotHaveDuplicates();
        assertThat(Files.size(JAR)).isLessThan(MAX_BYTES);
    }

    @Test
    void namesItsMainClass() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo("io.tallymark.TallymarkJob");
        }
    }

    private static List<String> classes(Path jar) throws IOException {
        return entries(jar).stream()
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                .toList();
    }

    private static List<String> entries() throws IOException {
        return entries(JAR);
    }

    private static List<String> entries(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile());
                Stream<JarEntry> entries = jar.stream()) {
            return entries.filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .toList();
        }
    }
}
