package io.tallymark.cli;

import static io.tallymark.deadletter.TestLetters.letter;
import static io.tallymark.deadletter.TestLetters.rejection;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.deadletter.TestLetters;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.TopicScan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands on a real broker. Each test has topics of its own. */
class DeadLettersCommandIT {
    private static WorkDirectory work;
    private static EmbeddedKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;
    private static int test;

    private String events;
    private String letters;
    private String config;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
        work.close();
    }

    @BeforeEach
    void topics() throws Exception {
        test++;
        events = "events-" + test;
        letters = "letters-" + test;
        kafka.createTopic(events, 2, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic(letters, 2, Map.of());
        config = Files.writeString(work.root().resolve("tallymark-" + test + ".yaml"), """
                        kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: %s}
                        postgres: {url: "jdbc:postgresql://127.0.0.1:1/none", user: nobody}
                        meters: [{metric: m, event-type: t, aggregation: count}]
                        """.formatted(
                                kafka.bootstrapServers(), events, letters))
                .toString();
    }

    @Test
    void listCountsByReasonAndShowsTheNewestLast() throws Exception {
        for (int i = 0; i < 3; i++) {
            write(rejection(new Origin(events, 0, i), RejectReason.TOO_LATE, "late " + i, "v" + i));
        }
        write(rejection(new Origin(events, 1, 0), RejectReason.UNREADABLE, "junk", "junk"));

        CommandRun list = run("list", "--limit", "2");

        assertThat(list.exitCode()).isZero();
        assertThat(list.out())
                .containsPattern("UNREADABLE +1\n")
                .containsPattern("TOO_LATE +3\n")
                .containsPattern("all +4\n")
                .containsPattern("(?s)0@2 .*TOO_LATE.*-0@2.*late 2.*0@3 .*UNREADABLE.*-1@0.*junk\n$")
                .doesNotContain("late 0", "late 1");
    }

    @Test
    void letterThatACrashWroteTwiceIsOne() throws Exception {
        Rejection rejection = rejection(new Origin(events, 0, 5), RejectReason.TOO_LATE, "late", "v");
        write(rejection);
        write(rejection);

        CommandRun list = run("list");

        assertThat(list.out()).containsPattern("all +1\n").contains("1 more were written twice");
        assertThat(list.out().lines().filter(line -> line.startsWith("0@"))).hasSize(1);
        assertThat(run("redrive", "--apply").out()).contains("sent 1 to " + events);
        assertThat(sent()).hasSize(1);
    }

    @Test
    void lettersAreChosenByReasonTimePositionAndOrigin() throws Exception {
        write(rejection(new Origin(events, 0, 1), RejectReason.TOO_LATE, "first", "v1"));
        write(rejection(new Origin(events, 1, 2), RejectReason.BAD_TIME, "second", "v2"));

        assertThat(details("--reason", "bad_time")).containsExactly("second");
        assertThat(details("--reason", "bad_time", "--reason", "TOO_LATE")).containsExactly("first", "second");
        assertThat(details("--origin", events + "-0@1")).containsExactly("first");
        assertThat(details("--partition", "0", "--offset", "1")).containsExactly("second");
        assertThat(details("--partition", "1")).isEmpty();
        assertThat(details("--from", "2026-03-01T12:00:00Z")).hasSize(2);
        assertThat(details("--from", "2026-03-01T12:00:00.001Z")).isEmpty();
        assertThat(details("--to", "2026-03-01T12:00:00Z")).isEmpty();
        assertThat(details("--from", "2026-03-01", "--to", "2026-03-02")).hasSize(2);
    }

    @Test
    void nothingSelectedIsSaidAndIsNoMistake() {
        for (String command : List.of("list", "redrive")) {
            CommandRun nothing = run(command, "--reason", "TOO_DEEP");
            assertThat(nothing.exitCode()).isZero();
            assertThat(nothing.out()).contains("no letters selected in " + letters);
        }
        assertThat(run("show", "0@999").out()).contains("no letter selected in " + letters);
        assertThat(run("redrive", "--apply").out()).contains("no letters selected");
    }

    @Test
    void mistakesAreNamed() {
        assertMistake(run("list", "--reason", "LATE"), "LATE", "TOO_LATE", "VOID_MISMATCH");
        assertMistake(run("list", "--from", "yesterday"), "yesterday", "2026-03-01T13:00:00Z");
        assertMistake(run("list", "--offset", "3"), "--offset needs --partition");
        assertMistake(run("list", "--origin", "42"), "'42'", "usage-events-3@42");
        assertMistake(run("show", "42"), "'42'", "3@42");
        assertMistake(run("show"), "3@42");
        assertMistake(run("list", "--limit", "-1"), "--limit -1");
        assertMistake(CommandRun.of("dead-letters"), "list, show, redrive");
    }

    @Test
    void missingTopicIsNamed() throws Exception {
        String text = Files.readString(work.root().resolve("tallymark-" + test + ".yaml"));
        config = Files.writeString(work.root().resolve("other.yaml"), text.replace(letters, "nowhere"))
                .toString();

        assertMistake(run("list"), "kafka.dead-letter-topic", "nowhere");
    }

    @Test
    void hostileLetterCannotDriveTheTerminal() throws Exception {
        String evil = "\u001b]0;pwned\u0007\u009b2J\u202ereason\u2028";
        write(new Rejection(
                new Origin(events, 0, 0),
                TestLetters.NOON.toEpochMilli(),
                evil.getBytes(StandardCharsets.UTF_8),
                (evil + "\nreason       COUNTED").getBytes(StandardCharsets.UTF_8),
                List.of(new RecordHeader(evil, evil.getBytes(StandardCharsets.UTF_8))),
                RejectReason.UNREADABLE,
                evil));

        for (CommandRun run : List.of(run("list"), run("list", "--json"), run("show", "0@0"), run("redrive"))) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("pwned").doesNotContainPattern("[\\p{Cntrl}\\p{Cf}\u2028&&[^\n]]");
        }
        assertThat(run("show", "0@0").out())
                .contains("  | reason       COUNTED")
                .doesNotContain("\nreason       COUNTED");
    }

    @Test
    void jsonIsOneObjectALine() throws Exception {
        write(rejection(new Origin(events, 0, 1), RejectReason.TOO_LATE, "späť", "v1"));

        CommandRun list = run("list", "--json");

        assertThat(list.out())
                .isEqualTo(
                        "{\"partition\":0,\"offset\":0,\"append_time\":\"2026-03-01T12:00:00Z\",\"reason\":\"TOO_LATE\","
                                + "\"detail\":\"sp\\u00E4\\u0165\",\"origin\":\"" + events
                                + "-0@1\",\"bytes\":\"5\"}\n");
        assertThat(list.err()).containsPattern("TOO_LATE +1\n");
    }

    @Test
    void showsARecordWhole() throws Exception {
        write(rejection(new Origin(events, 0, 1), RejectReason.TOO_LATE, "late", "{\n  \"id\": 1\n}"));
        producer.send(letter(
                        letters,
                        new Rejection(
                                new Origin(events, 1, 1),
                                0,
                                null,
                                new byte[] {(byte) 0xff, 0},
                                List.of(new RecordHeader("trace", null)),
                                RejectReason.UNREADABLE,
                                "no text")))
                .get();

        assertThat(run("show", "0@0").out()).contains("key          key", "  | {\n", "  |   \"id\": 1\n");
        assertThat(run("show", "--reason", "UNREADABLE").out())
                .contains("header       trace: none", "key          none", "2 bytes, not UTF-8, as hex", "  | ff00\n");
    }

    @Test
    void recordThatItsLetterDoesNotHoldIsFetchedFromItsOrigin() throws Exception {
        producer.send(new ProducerRecord<>(events, 1, null, "the void".getBytes(StandardCharsets.UTF_8)))
                .get();
        write(Rejection.withoutBytes(new Origin(events, 1, 0), 0, RejectReason.VOID_MISMATCH, "another time"));
        write(Rejection.withoutBytes(new Origin(events, 1, 77), 0, RejectReason.VOID_MISMATCH, "another time"));
        write(Rejection.withoutBytes(new Origin("gone", 0, 0), 0, RejectReason.VOID_MISMATCH, "another time"));

        assertThat(run("show", "0@0").out()).contains("read from its origin", "  | the void");
        assertThat(run("show", "0@1").out()).contains("gone from its origin");
        assertThat(run("show", "0@2").out()).contains("gone from its origin");
        assertThat(run("redrive", "--apply").out()).contains("sent 1 to", "2 cannot be sent");
        assertThat(sent()).containsExactly("1 the void", "1 the void");
    }

    @Test
    void dryRunSendsNothing() throws Exception {
        write(rejection(new Origin(events, 1, 1), RejectReason.TOO_LATE, "late", "v"));

        CommandRun dry = run("redrive");

        assertThat(dry.exitCode()).isZero();
        assertThat(dry.out()).containsPattern("TOO_LATE +1\n").contains("nothing was sent", "--apply");
        assertThat(sent()).isEmpty();
    }

    @Test
    void redriveSendsEachRecordOnceToItsPartitionAndKeepsTheLetter() throws Exception {
        write(rejection(new Origin(events, 1, 8), RejectReason.TOO_LATE, "late", "v"));
        write(rejection(new Origin(events, 1, 9), RejectReason.TOO_LATE, "late", "v"));
        write(rejection(new Origin(events, 0, 1), RejectReason.TOO_LATE, "late", "w"));

        CommandRun redrive = run("redrive", "--apply");

        assertThat(redrive.exitCode()).isZero();
        assertThat(redrive.out())
                .contains("sent 2 to " + events, "stay in " + letters, "1 are identical", "max-lateness");
        assertThat(sent()).containsExactlyInAnyOrder("1 v", "0 w");
        assertThat(run("list").out()).containsPattern("all +3\n");
    }

    private void write(Rejection rejection) throws Exception {
        ProducerRecord<byte[], byte[]> letter = letter(letters, rejection);
        producer.send(new ProducerRecord<>(letters, 0, letter.key(), letter.value(), letter.headers()))
                .get();
    }

    private CommandRun run(String command, String... flags) {
        return CommandRun.of(Stream.concat(Stream.of("dead-letters", command, "--config", config), Stream.of(flags))
                .toArray(String[]::new));
    }

    private List<String> details(String... flags) {
        CommandRun list = run("list", flags);
        assertThat(list.exitCode()).isZero();
        return list.out()
                .lines()
                .filter(line -> line.matches("\\d+@.*"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .toList();
    }

    /** Partition and value of each record in the topic of events. */
    private List<String> sent() {
        List<String> sent = new ArrayList<>();
        try (TopicScan scan = TopicScan.open(kafka.bootstrapServers(), events, Map.of())) {
            scan.read(scan.everything(), record -> sent.add(text(record)));
        }
        return sent;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + " " + new String(record.value(), StandardCharsets.UTF_8);
    }

    private static void assertMistake(CommandRun run, String... parts) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("error: ", "to mend it: ")
                .contains(parts)
                .doesNotContain("\tat ");
    }
}
