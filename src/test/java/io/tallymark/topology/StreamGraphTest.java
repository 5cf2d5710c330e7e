package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.ingest.BoundedUsageEvents;
import io.tallymark.ingest.StartingPoint;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** The pipelines as a cluster gets them, and that of a replay, built from the committed configuration. */
class StreamGraphTest {
    private static final Settings SETTINGS = SettingsLoader.load(Path.of("flink-conf", "tallymark.yaml"));

    @Test
    void everyOperatorIsNamedByItsUidAndEveryUidIsUsed() {
        Set<String> names = new TreeSet<>();
        for (StreamNode node : allNodes()) {
            // Flink splits a sink into a writer and a committer and puts its own words around the name.
            String name = node.getOperatorName().replaceAll("^Source: ", "").replaceAll(": (Writer|Committer)$", "");
            assertThat(node.getTransformationUID())
                    .as(node.getOperatorName())
                    .isNotNull()
                    .endsWith(name);
            names.add(name);
        }
        assertThat(names)
                .containsExactlyElementsOf(new TreeSet<>(
                        Arrays.stream(OperatorId.values()).map(OperatorId::uid).toList()));
    }

    @Test
    void flinkAcceptsTheGraphWithoutGeneratedUidsAndGenericTypes() {
        assertThat(graph().getJobGraph().getNumberOfVertices()).isPositive();
        assertThat(replayGraph().getJobGraph().getNumberOfVertices()).isPositive();
    }

    @Test
    void nothingIsSerializedByKryo() {
        for (StreamNode node : allNodes()) {
            assertThat(node.getTypeSerializerOut()).as(node.getOperatorName()).isNotInstanceOf(KryoSerializer.class);
        }
    }

    @Test
    void pipelinesShareNoStream() {
        StreamGraph graph = graph();
        Set<Set<Integer>> pipelines = new HashSet<>();
        for (int source : graph.getSourceIDs()) {
            pipelines.add(reachableFrom(source, graph));
        }

        assertThat(pipelines).hasSize(3);
        assertThat(pipelines.stream().mapToInt(Set::size).sum())
                .as("operators of all pipelines together, none counted twice")
                .isEqualTo(graph.getStreamNodes().size());
    }

    private static Set<Integer> reachableFrom(int source, StreamGraph graph) {
        Set<Integer> reached = new HashSet<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(source));
        while (!next.isEmpty()) {
            int node = next.pop();
            if (reached.add(node)) {
                graph.getStreamNode(node).getOutEdges().forEach(edge -> next.add(edge.getTargetId()));
            }
        }
        return reached;
    }

    private static List<StreamNode> allNodes() {
        return Stream.of(graph(), replayGraph())
                .flatMap(graph -> graph.getStreamNodes().stream())
                .toList();
    }

    /** A job of its own: it shares uids with metering, but never a graph. */
    private static StreamGraph replayGraph() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        JobGuarantees.apply(env);
        ReplayScope scope = new ReplayScope(0, 1, null, null);
        ReplayPipeline.of(SETTINGS, Map.of(0, new BoundedUsageEvents.Span(0, 1)), scope, 1)
                .build(env);
        return env.getStreamGraph(false);
    }

    private static StreamGraph graph() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        JobGuarantees.apply(env);
        MeteringPipeline.of(SETTINGS, StartingPoint.ofWholeTopic("usage-events"), MeteringPipeline.NO_FORMER_JOB)
                .build(env);
        ReportingPipeline.of(SETTINGS).build(env);
        ReconcilePipeline.of(SETTINGS).build(env);
        return env.getStreamGraph(false);
    }
}
