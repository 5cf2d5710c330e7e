package io.tallymark.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** docker-compose.yml, as far as it can be checked without Docker: against the schema of the Compose Specification, and what it speaks of. */
class ComposeFileTest {
    /** What {@code ./mvnw package} makes, with the line of pom.xml that says so. */
    private static final Map<String, String> BUILT = Map.of(
            "./target/tallymark-job.jar", "<outputFile>${project.build.directory}/tallymark-job.jar</outputFile>",
            "./target/classes", "",
            "./target/launcher/lib", "<outputDirectory>${project.build.directory}/launcher/lib</outputDirectory>");

    private final JsonNode compose = Yaml.file("docker-compose.yml");
    private final JsonNode services = compose.get("services");

    @Test
    void keepsTheComposeSpecification() {
        assertThat(CheckedSchema.ofCompose().problems(compose)).isEmpty();
    }

    @Test
    void specificationRefusesAKeyThatItDoesNotKnow() {
        ObjectNode mistaken = compose.deepCopy();
        ((ObjectNode) mistaken.at("/services/kafka")).put("enviroment", "x");

        assertThat(CheckedSchema.ofCompose().problems(mistaken))
                .anyMatch(problem -> problem.startsWith("/services/kafka: ") && problem.contains("'enviroment'"));
    }

    @Test
    void servicesWaitForServicesThatExistAndSayWhenTheyAreWell() {
        services.properties()
                .forEach(service -> service.getValue()
                        .path("depends_on")
                        .properties()
                        .forEach(dependency -> {
                            JsonNode other = services.path(dependency.getKey());
                            assertThat(other.isObject())
                                    .as(service.getKey() + " waits for " + dependency.getKey())
                                    .isTrue();
                            if (dependency.getValue().path("condition").asText().equals("service_healthy")) {
                                assertThat(other.has("healthcheck"))
                                        .as(dependency.getKey() + " has a health check")
                                        .isTrue();
                            }
                        }));
    }

    @Test
    void volumesAreDeclaredAndUsed() {
        assertThat(sources(false)).isEqualTo(new TreeSet<>(Yaml.names(compose.get("volumes"))));
    }

    @Test
    void mountedFilesAreInTheCheckoutOrBuilt() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String source : sources(true)) {
            if (source.startsWith("./target/")) {
                assertThat(BUILT).containsKey(source);
                assertThat(pom).contains(BUILT.getOrDefault(source, ""));
            } else {
                assertThat(Path.of(source)).exists();
            }
        }
    }

    @Test
    void publishesNothingBeyondThisMachine() {
        Map<String, String> published = new TreeMap<>();
        services.properties()
                .forEach(service -> service.getValue()
                        .path("ports")
                        .forEach(port -> published.put(port.asText(), service.getKey())));

        assertThat(published.keySet()).isNotEmpty().allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void mountsAreReadOnlyButForVolumes() {
        assertThat(mounts())
                .filteredOn(mount -> mount.startsWith("./"))
                .isNotEmpty()
                .allMatch(mount -> mount.endsWith(":ro"));
    }

    /** @param paths those that begin with a path; otherwise the names of volumes */
    private Set<String> sources(boolean paths) {
        Set<String> sources = new TreeSet<>();
        for (String mount : mounts()) {
            String source = mount.substring(0, mount.indexOf(':'));
            if (source.startsWith("./") == paths) {
                sources.add(source);
            }
        }
        return sources;
    }

    private List<String> mounts() {
        List<String> mounts = new ArrayList<>();
        services.forEach(service -> service.path("volumes").forEach(mount -> mounts.add(mount.asText())));
        return mounts;
    }
}
