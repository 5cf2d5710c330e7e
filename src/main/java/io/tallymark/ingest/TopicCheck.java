package io.tallymark.ingest;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Looks at the topics before a job starts, so that a wrong one is a sentence and not a wrong total. Changes nothing. */
public final class TopicCheck {
    private static final Duration TIMEOUT = KafkaTopicReadings.DEADLINE;
    /** Kafka's own default of {@code max.message.bytes}. */
    private static final long LEAST_LETTER_BYTES = 1_048_588;

    private static final String LOG_APPEND_TIME = "LogAppendTime";

    private final IngestSettings settings;
    private final String deadLetterTopic;

    public TopicCheck(IngestSettings settings, String deadLetterTopic) {
        this.settings = settings;
        this.deadLetterTopic = deadLetterTopic;
    }

    /** Everything that is wrong, each with its remedy; empty when all is well. */
    public List<UserError> problems() {
        try (Admin admin = Admin.create(KafkaTopicReadings.adminProperties(settings))) {
            Set<String> topics = admin.listTopics().names().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            List<UserError> problems = missing(topics);
            if (topics.contains(settings.topic())) {
                problems.addAll(compacted(admin));
            }
            if (topics.contains(settings.topic()) && !settings.trustCreateTime()) {
                problems.addAll(wrongTimestamps(admin));
            }
            if (topics.contains(deadLetterTopic)) {
                problems.addAll(smallLetters(admin));
            }
            return problems;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            return List.of(unreachable(settings, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(unreachable(settings, e));
        }
    }

    private List<UserError> missing(Set<String> topics) {
        List<UserError> problems = new ArrayList<>();
        if (!topics.contains(settings.topic())) {
            problems.add(new UserError(
                    "kafka.topic: the topic " + settings.topic() + " does not exist at " + settings.bootstrapServers(),
                    "kafka-topics.sh --create --topic " + settings.topic()
                            + " --config message.timestamp.type=LogAppendTime"));
        }
        if (!topics.contains(deadLetterTopic)) {
            problems.add(new UserError(
                    "kafka.dead-letter-topic: the topic " + deadLetterTopic + " does not exist at "
                            + settings.bootstrapServers(),
                    "kafka-topics.sh --create --topic " + deadLetterTopic));
        }
        return problems;
    }

    private List<UserError> wrongTimestamps(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        String type = config(admin, settings.topic(), TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        if (type.equals(LOG_APPEND_TIME)) {
            return List.of();
        }
        return List.of(new UserError(
                "kafka.topic: " + settings.topic() + " has message.timestamp.type=" + type
                        + ": its timestamps can be forged by producers",
                "kafka-configs.sh --alter --entity-type topics --entity-name " + settings.topic()
                        + " --add-config message.timestamp.type=LogAppendTime (or, for tests only,"
                        + " kafka.trust-create-time: true)"));
    }

    /** Compaction deletes records in the middle, which no offset shows: a replay would count less. */
    private List<UserError> compacted(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        String policy = config(admin, settings.topic(), TopicConfig.CLEANUP_POLICY_CONFIG);
        if (!policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            return List.of();
        }
        return List.of(new UserError(
                "kafka.topic: " + settings.topic() + " has cleanup.policy=" + policy
                        + ": Kafka would delete events of which a later one has the same key",
                "kafka-configs.sh --alter --entity-type topics --entity-name " + settings.topic()
                        + " --add-config cleanup.policy=delete"));
    }

    /** A letter that the broker refuses would stop the job, again and again. */
    private List<UserError> smallLetters(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        String limit = config(admin, deadLetterTopic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (Long.parseLong(limit) >= LEAST_LETTER_BYTES) {
            return List.of();
        }
        return List.of(new UserError(
                "kafka.dead-letter-topic: " + deadLetterTopic + " has max.message.bytes=" + limit
                        + ": a rejected record may have " + LEAST_LETTER_BYTES,
                "kafka-configs.sh --alter --entity-type topics --entity-name " + deadLetterTopic
                        + " --add-config max.message.bytes=" + LEAST_LETTER_BYTES));
    }

    private static String config(Admin admin, String topic, String name)
            throws ExecutionException, InterruptedException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Map<ConfigResource, Config> configs =
                admin.describeConfigs(Set.of(resource)).all().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        ConfigEntry entry = configs.getOrDefault(resource, new Config(Set.of())).get(name);
        if (entry == null) {
            throw new KafkaException("the broker does not say " + name + " of " + topic);
        }
        return String.valueOf(entry.value());
    }

    static UserError unreachable(IngestSettings settings, Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new UserError(
                "kafka.bootstrap-servers: Kafka does not answer at " + settings.bootstrapServers() + " (" + reason
                        + ")",
                "check the address, that the broker runs, and kafka.properties if it wants TLS or SASL",
                e);
    }
}
