package io.tallymark.ingest;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the bounds cost and what a tree would: the decoder over ordinary events of some 300 bytes, as it ships, without bounds, and
 * reading every record as a tree. {@code ./mvnw -q -B -Pbench test-compile exec:exec} runs it and prints the ratios.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(5)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecodeBenchmark {
    private static final int RECORDS = 1_000;
    private static final String SHIPPED = "shipped";
    private static final String NO_BOUNDS = "no bounds";
    private static final String TREES = "trees";
    private static final InputBounds BOUNDS = InputBounds.ofRecordBytes(IngestSettings.DEFAULT_MAX_RECORD_BYTES);
    private static final List<Meter> METERS = List.of(
            meter("api_requests", "api.request", Aggregation.COUNT, "", List.of("data.region"), Map.of()),
            meter("api_bytes", "api.request", Aggregation.SUM, "data.bytes", List.of(), Map.of()),
            meter(
                    "llm_tokens",
                    "llm.completion",
                    Aggregation.SUM,
                    "data.tokens",
                    List.of("data.model"),
                    Map.of("data.cached", "false")),
            meter("llm_last_price", "llm.completion", Aggregation.LAST, "data.price", List.of(), Map.of()));
    private static final String REQUEST = """
            {"specversion":"1.0","id":"%s","source":"/gateway/eu","type":"api.request","subject":"customer-%03d",\
            "time":"2026-03-01T11:59:%02d.%03dZ","data":{"region":"eu","bytes":%d,"method":"POST",\
            "path":"/v1/documents/search","status":200,"latency_ms":12.75,"agent":"acme-client/2.14.0 (linux; x86_64)"}}""";
    private static final String COMPLETION = """
            {"specversion":"1.0","id":"%s","source":"/gateway/us","type":"llm.completion","subject":"customer-%03d",\
            "time":"2026-03-01T11:59:%02d.%03dZ","data":{"model":"large","tokens":%d,"price":"0.001250","cached":false,\
            "context":16384,"usage":{"prompt":1024,"completion":512},"tags":["batch","são-paulo"]}}""";
    private static final String UNMETERED = COMPLETION.replace("llm.completion", "audit.login");
    private static final String BINARY = """
            {"region":"us","bytes":%d,"method":"GET","path":"/v1/documents","status":200,"latency_ms":3.5}""";

    @Param({SHIPPED, NO_BOUNDS, TREES})
    public String form = SHIPPED;

    private EventDecoder decoder = decoder(InputBounds.none());
    private List<RawRecord> records = List.of();

    @Setup
    public void setUp() {
        decoder = switch (form) {
            case TREES -> EventDecoder.byTrees(METERS, Decoding.MAX_LATENESS, BOUNDS, false);
            case NO_BOUNDS -> decoder(InputBounds.none());
            default -> decoder(BOUNDS);
        };
        Random random = new Random(1);
        List<RawRecord> mix = new ArrayList<>(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            mix.add(record(i % 10, random));
        }
        records = mix;
    }

    /** Time on the processor, which other work on the machine does not change much. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Work {
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        public long events;
        public long cpuNanos;
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void decode(Work work, Blackhole blackhole) {
        long begunNanos = work.threads.getCurrentThreadCpuTime();
        for (RawRecord record : records) {
            blackhole.consume(decoder.decode(record));
        }
        work.cpuNanos += work.threads.getCurrentThreadCpuTime() - begunNanos;
        work.events += RECORDS;
    }

    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(arguments))
                        .include(DecodeBenchmark.class.getName())
                        .build())
                .run();
        print(results, "the bounds cost", NO_BOUNDS);
        print(results, "a tree costs", TREES);
    }

    private static void print(Collection<RunResult> results, String what, String other) {
        print(what, "by the clock", eventsPerSecond(results, SHIPPED), eventsPerSecond(results, other));
        print(
                what,
                "by time on the processor",
                eventsPerCpuSecond(results, SHIPPED),
                eventsPerCpuSecond(results, other));
    }

    private static void print(String what, String measure, double shipped, double other) {
        System.out.printf(
                Locale.ROOT,
                "%s: ratio %.3f %s (%,.0f events/s as shipped, %,.0f otherwise, one thread)%n",
                what,
                shipped / other,
                measure,
                shipped,
                other);
    }

    private static double eventsPerSecond(Collection<RunResult> results, String form) {
        return of(results, form).getPrimaryResult().getScore();
    }

    private static double eventsPerCpuSecond(Collection<RunResult> results, String form) {
        return counter(results, form, "events") / counter(results, form, "cpuNanos") * TimeUnit.SECONDS.toNanos(1);
    }

    private static double counter(Collection<RunResult> results, String form, String name) {
        return Objects.requireNonNull(of(results, form).getSecondaryResults().get(name))
                .getScore();
    }

    private static RunResult of(Collection<RunResult> results, String form) {
        return results.stream()
                .filter(result -> result.getParams().getParam("form").equals(form))
                .findFirst()
                .orElseThrow();
    }

    /** Of ten events six are whole in the record's value, three have their attributes in headers, one nobody counts. */
    private static RawRecord record(int kind, Random random) {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        int customer = random.nextInt(1_000);
        int number = random.nextInt(1_000_000);
        return switch (kind) {
            case 0, 1, 2 -> Decoding.plain(text(REQUEST, id, customer, number));
            case 3, 4, 5 ->
                Decoding.withHeaders(
                        text(COMPLETION, id, customer, number), "content-type", "application/cloudevents+json");
            case 6, 7, 8 -> binary(id, customer, number);
            default -> Decoding.plain(text(UNMETERED, id, customer, number));
        };
    }

    private static String text(String form, String id, int customer, int number) {
        return form.formatted(id, customer, number % 60, number % 1_000, number);
    }

    private static RawRecord binary(String id, int customer, int number) {
        return Decoding.withHeaders(
                BINARY.formatted(number),
                "content-type",
                "application/json",
                "ce_specversion",
                "1.0",
                "ce_id",
                id,
                "ce_source",
                "/gateway/us",
                "ce_type",
                "api.request",
                "ce_subject",
                "customer-" + customer,
                "ce_time",
                "2026-03-01T11:59:30Z");
    }

    private static EventDecoder decoder(InputBounds bounds) {
        return new EventDecoder(METERS, Decoding.MAX_LATENESS, bounds, false);
    }

    private static Meter meter(
            String metric,
            String type,
            Aggregation aggregation,
            String value,
            List<String> dimensions,
            Map<String, String> where) {
        return new Meter(metric, type, aggregation, value, dimensions, where, false, Meter.ALWAYS, null);
    }
}
