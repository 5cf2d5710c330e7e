package io.tallymark.deploy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.ResourceManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/** The keys that Flink knows, with the types of their values: Flink itself passes over a key that it does not know. */
final class FlinkKeys {
    private static final Map<String, ConfigOption<?>> KNOWN = known();

    private FlinkKeys() {}

    static boolean knows(String key) {
        return KNOWN.containsKey(key);
    }

    /**
     * Reads every value as the type that its key has.
     *
     * @throws IllegalArgumentException naming the key whose value does not fit
     */
    static void readAll(Configuration settings) {
        settings.keySet().stream()
                .map(KNOWN::get)
                .filter(Objects::nonNull)
                .forEach(option -> settings.getOptional(option));
    }

    private static Map<String, ConfigOption<?>> known() {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        Stream.of(
                        CheckpointingOptions.class,
                        CoreOptions.class,
                        HighAvailabilityOptions.class,
                        JobManagerOptions.class,
                        MetricOptions.class,
                        ResourceManagerOptions.class,
                        RestOptions.class,
                        RestartStrategyOptions.class,
                        StateBackendOptions.class,
                        TaskManagerOptions.class)
                .flatMap(type -> Stream.of(type.getFields()))
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class)
                .map(FlinkKeys::option)
                .forEach(option -> options.put(option.key(), option));
        return options;
    }

    private static ConfigOption<?> option(Field field) {
        try {
            return (ConfigOption<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
