package io.tallymark.topology.wire;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.UsageEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * An event to the network and back, by our serializer and by the one that Flink makes of the record. {@code ./mvnw -q -B -Pbench
 * test-compile exec:exec -Dbench.main=io.tallymark.topology.wire.WireBenchmark} runs it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 2)
@org.openjdk.jmh.annotations.Measurement(iterations = 5, time = 2)
public class WireBenchmark {
    private static final int EVENTS = 1_000;
    private static final String OURS = "ours";
    private static final String FLINKS = "flinks";

    @Param({OURS, FLINKS})
    public String serializer = OURS;

    private final List<UsageEvent> events = new ArrayList<>(EVENTS);
    private final DataOutputSerializer out = new DataOutputSerializer(1 << 20);
    private final DataInputDeserializer in = new DataInputDeserializer();
    private TypeSerializer<UsageEvent> writer = new UsageEventSerializer();
    private TypeSerializer<UsageEvent> reader = new UsageEventSerializer();

    @Setup
    public void setUp() {
        TypeInformation<UsageEvent> type =
                serializer.equals(OURS) ? WireType.USAGE_EVENT : TypeInformation.of(UsageEvent.class);
        writer = type.createSerializer(new SerializerConfigImpl());
        reader = writer.duplicate();
        Random random = new Random(1);
        for (int i = 0; i < EVENTS; i++) {
            events.add(event(i, random));
        }
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void thereAndBack(Blackhole blackhole) throws IOException {
        out.clear();
        for (UsageEvent event : events) {
            writer.serialize(event, out);
        }
        in.setBuffer(out.getSharedBuffer(), 0, out.length());
        for (int i = 0; i < EVENTS; i++) {
            blackhole.consume(reader.deserialize(in));
        }
    }

    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
        new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(arguments))
                        .include(WireBenchmark.class.getName())
                        .build())
                .run();
    }

    private static UsageEvent event(int number, Random random) {
        long timeMillis = 1_772_323_200_000L + number;
        return new UsageEvent(
                "/gateway/eu",
                new UUID(random.nextLong(), random.nextLong()).toString(),
                "customer-" + random.nextInt(1_000),
                timeMillis,
                true,
                timeMillis + random.nextInt(1_000),
                new Origin("usage-events", number % 4, 1_000_000L + number),
                List.of(new Measurement(
                        "llm_tokens",
                        "{\"model\":\"m" + random.nextInt(4) + "\"}",
                        BigDecimal.valueOf(random.nextInt(5_000)))),
                null);
    }
}
