package io.tallymark.ingest;

import java.util.Map;
import java.util.Properties;

/** Turns settings into the kind of map that Kafka's clients take. */
final class KafkaProperties {
    private KafkaProperties() {}

    static Properties of(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}
