package io.tallymark.config;

import static io.tallymark.config.ConfigFile.METERS;
import static io.tallymark.config.ConfigFile.POSTGRES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaClientPropertiesTest {
    private static final String LOGIN =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"me\" ";

    @TempDir
    private Path directory;

    @Test
    void passwordStaysAReferenceThatKafkasClientsResolve() {
        String jaas = LOGIN + "password=\"${directory:/run/secrets:kafka-password}\";";
        Map<String, String> properties = load("security.protocol: SASL_SSL, sasl.jaas.config: '" + jaas + "'");

        assertThat(properties)
                .containsEntry("sasl.jaas.config", jaas)
                .containsEntry("config.providers", "directory,env,file")
                .containsEntry(
                        "config.providers.directory.class",
                        "org.apache.kafka.common.config.provider.DirectoryConfigProvider");
    }

    @Test
    void withoutAReferenceNoProviderIsAdded() {
        assertThat(load("security.protocol: SSL, ssl.truststore.type: PEM, ssl.truststore.location: /run/ca.pem"))
                .containsOnlyKeys("security.protocol", "ssl.truststore.type", "ssl.truststore.location");
    }

    @Test
    void providersOfTheUsersOwnStay() {
        assertThat(load("config.providers: vault, config.providers.vault.class: com.acme.Vault,"
                        + " config.providers.vault.param.token: '${env:VAULT_TOKEN}',"
                        + " security.protocol: SSL, ssl.key.password: '${vault:kafka:key}'"))
                .containsEntry("config.providers", "vault")
                .doesNotContainKey("config.providers.file.class");
    }

    @Test
    void certificatesMayStandInTheFile() {
        assertThat(load("security.protocol: SSL, ssl.truststore.certificates: '-----BEGIN CERTIFICATE-----'"))
                .containsKey("ssl.truststore.certificates");
    }

    @ParameterizedTest
    @CsvSource({
        "security.protokol, did you mean security.protocol?",
        "max.poll.record, did you mean max.poll.records?",
        "retention.ms, kafka.properties.retention.ms: is no property of Kafka's clients",
    })
    void propertyThatNoClientKnowsIsNamed(String name, String expected) {
        assertThat(refusal("'" + name + "': 1")).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bootstrap.servers",
                "group.id",
                "client.id",
                "enable.auto.commit",
                "auto.offset.reset",
                "isolation.level",
                "key.deserializer",
                "value.deserializer",
                "key.serializer",
                "value.serializer",
                "acks",
                "enable.idempotence",
                "transactional.id"
            })
    void propertyThatTallymarkDecidesIsRefusedWithTheReason(String name) {
        assertThat(refusal("'" + name + "': x")).contains("kafka.properties." + name + ": is not to be set: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.keystore.password: hunter2",
                "ssl.key.password: 'hunter2${file:/a:b}'",
                "ssl.keystore.key: hunter2",
                "config.providers.vault.param.token: hunter2",
                "config.providers.vault.param.api-key: hunter2",
                "sasl.jaas.config: '" + LOGIN + "password=\"true-hunter2\";'",
                "sasl.jaas.config: '" + LOGIN + "password=\"hunter2\";'",
                "sasl.jaas.config: '" + LOGIN + "password = hunter2;'",
                "sasl.jaas.config: 'a.B required clientId=\"x\" clientSecret=\"hunter2\";'"
            })
    void secretInTheFileIsRefusedAndNotPrinted(String property) {
        assertThat(refusal(property))
                .contains("must not stand here: write ${directory:/path:file}")
                .doesNotContain("hunter2");
    }

    @Test
    void flagsAndBlanksOfALoginAreNoSecrets() {
        assertThat(load("security.protocol: SASL_SSL, sasl.jaas.config: '" + LOGIN
                        + "tokenauth=true password = \"${env:KAFKA_PASSWORD}\";'"))
                .containsKey("sasl.jaas.config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssl.truststore.location: /run/ca.pem", "sasl.mechanism: SCRAM-SHA-512"})
    void securityThatNoProtocolAsksForIsRefused(String property) {
        assertThat(refusal(property)).contains("kafka.properties.security.protocol: is missing: without it s");
    }

    @Test
    void valueThatKafkaWouldRefuseIsRefusedBeforeItIsAsked() {
        assertThat(refusal("security.protocol: SASL-SSL, fetch.min.bytes: many"))
                .contains("kafka.properties.security.protocol: Invalid value SASL-SSL")
                .contains("kafka.properties.fetch.min.bytes: Invalid value many");
    }

    private Map<String, String> load(String properties) {
        return ConfigFile.load(directory, yaml(properties)).ingest().kafkaProperties();
    }

    private String refusal(String properties) {
        return ConfigFile.refusal(directory, yaml(properties));
    }

    private static String yaml(String properties) {
        return "kafka: {bootstrap-servers: 'b:1', properties: {" + properties + "}}\n" + POSTGRES + METERS;
    }
}
