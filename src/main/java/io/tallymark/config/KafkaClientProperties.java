package io.tallymark.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * {@code kafka.properties}: what Kafka's clients are told beside what Tallymark decides. A property that no client knows, that would
 * break a promise, or that holds a secret is a problem; Kafka itself passes over the first and prints none of them.
 */
final class KafkaClientProperties {
    /** Why each is not the user's, and what is. */
    private static final Map<String, String> OWNED = Map.ofEntries(
            Map.entry("bootstrap.servers", "set kafka.bootstrap-servers"),
            Map.entry("group.id", "set kafka.group-id"),
            Map.entry("client.id", "it is made from kafka.group-id"),
            Map.entry("enable.auto.commit", "the offsets that count are in Flink's checkpoints"),
            Map.entry("auto.offset.reset", "a lost offset ends the job, so that no event is passed over"),
            Map.entry("isolation.level", "only committed records are counted"),
            Map.entry("key.deserializer", "records are read as bytes"),
            Map.entry("value.deserializer", "records are read as bytes"),
            Map.entry("key.serializer", "dead letters are written as bytes"),
            Map.entry("value.serializer", "dead letters are written as bytes"),
            Map.entry("acks", "a dead letter is written when all replicas in sync have it"),
            Map.entry("enable.idempotence", "records keep their order when they are sent again"),
            Map.entry("transactional.id", "dead letters are written at least once"));

    /** Certificates, which Kafka hides like passwords although everybody may see them. */
    private static final Set<String> PUBLIC =
            Set.of(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);

    private static final String PROVIDERS = "config.providers";
    /** Kafka's own, by the name that a reference begins with. */
    private static final Map<String, String> KNOWN_PROVIDERS = new TreeMap<>(Map.of(
            "directory", "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
            "env", "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
            "file", "org.apache.kafka.common.config.provider.FileConfigProvider"));

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[A-Za-z]+:[^}]+}");
    /** Of a JAAS entry: an option for a secret whose value is neither a reference nor a flag. */
    private static final Pattern SECRET_OPTION =
            Pattern.compile("(?i)\\b\\w*(?:password|passphrase|secret|token)\\w*+\\s*+=\\s*+(?!\"?(?:"
                    + REFERENCE.pattern() + "|(?:true|false)(?![^\"';\\s])))");

    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(?:password|passphrase|secret|token|key|auth|credential)[^.]*");

    private static final String HOW_TO_REFER =
            "must not stand here: write ${directory:/path:file}, ${file:/path/file.properties:key} or ${env:NAME}, which Kafka's clients"
                    + " fill in where they run";

    private static final Map<String, ConfigKey> KNOWN = known();

    private final ConfigSection kafka;
    private final Problems problems;

    private KafkaClientProperties(ConfigSection kafka) {
        this.kafka = kafka;
        this.problems = kafka.problems();
    }

    /** Reads the section; its secrets stay references, with the providers that resolve them. */
    static Map<String, String> read(ConfigSection kafka) {
        return new KafkaClientProperties(kafka).properties();
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>(kafka.textMap("properties"));
        properties.forEach(this::check);
        checkProtocol(properties);
        boolean refers = properties.values().stream()
                .anyMatch(value -> REFERENCE.matcher(value).find());
        if (refers && !properties.containsKey(PROVIDERS)) {
            properties.put(PROVIDERS, String.join(",", KNOWN_PROVIDERS.keySet()));
            KNOWN_PROVIDERS.forEach((name, type) -> properties.put(PROVIDERS + "." + name + ".class", type));
        }
        return properties;
    }

    /** Kafka's clients would pass over the others, and speak plainly. */
    private void checkProtocol(Map<String, String> properties) {
        if (!properties.containsKey(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)) {
            properties.keySet().stream()
                    .filter(name -> name.startsWith("ssl.") || name.startsWith("sasl."))
                    .findFirst()
                    .ifPresent(name -> problems.add(
                            kafka.key("properties") + "." + CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                            "is missing: without it " + name
                                    + " does nothing and the connection is plain; set SSL, SASL_SSL or"
                                    + " SASL_PLAINTEXT"));
        }
    }

    private void check(String name, String value) {
        String key = kafka.key("properties") + "." + name;
        ConfigKey known = KNOWN.get(name);
        if (OWNED.containsKey(name)) {
            problems.add(key, "is not to be set: " + OWNED.get(name));
        } else if (name.equals(PROVIDERS) || name.startsWith(PROVIDERS + ".")) {
            checkProvider(key, name, value);
        } else if (known == null) {
            problems.add(key, "is no property of Kafka's clients" + Suggestion.hint(name, KNOWN.keySet()));
        } else if (known.type == ConfigDef.Type.PASSWORD) {
            checkSecret(key, name, value);
        } else if (!REFERENCE.matcher(value).find()) {
            checkValue(key, known, value);
        }
    }

    /** Of somebody else's making: what a parameter holds can only be told by its name. */
    private void checkProvider(String key, String name, String value) {
        if (SECRET_NAME.matcher(name).matches() && !REFERENCE.matcher(value).matches()) {
            problems.add(key, HOW_TO_REFER);
        }
    }

    /** Without the value. */
    private void checkSecret(String key, String name, String value) {
        boolean open = name.equals(SaslConfigs.SASL_JAAS_CONFIG)
                ? SECRET_OPTION.matcher(value).find()
                : !PUBLIC.contains(name) && !REFERENCE.matcher(value).matches();
        if (open) {
            problems.add(
                    key,
                    name.equals(SaslConfigs.SASL_JAAS_CONFIG)
                            ? "holds a password, which " + HOW_TO_REFER
                            : HOW_TO_REFER);
        }
    }

    private void checkValue(String key, ConfigKey known, String value) {
        try {
            Object parsed = ConfigDef.parseType(known.name, value, known.type);
            if (known.validator != null) {
                known.validator.ensureValid(known.name, parsed);
            }
        } catch (ConfigException e) {
            problems.add(key, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, ConfigKey> known() {
        Map<String, ConfigKey> known = new TreeMap<>();
        Stream.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef())
                .forEach(definition -> known.putAll(definition.configKeys()));
        return known;
    }
}
