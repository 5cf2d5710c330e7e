package io.tallymark.deadletter;

import java.io.Serializable;
import java.util.Map;

/**
 * Where dead letters go.
 *
 * @param bootstrapServers Kafka's host:port list
 * @param topic the dead-letter topic
 * @param kafkaProperties further client properties, such as those of TLS and SASL
 */
public record DeadLetterSettings(String bootstrapServers, String topic, Map<String, String> kafkaProperties)
        implements Serializable {
    public DeadLetterSettings {
        kafkaProperties = Map.copyOf(kafkaProperties);
    }
}
