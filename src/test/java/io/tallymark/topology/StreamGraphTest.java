package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** Both pipelines as a cluster gets them, built from the committed configuration. */
class StreamGraphTest {
    private static final Settings SETTINGS = SettingsLoader.load(Path.of("flink-conf", "tallymark.yaml"));

    @Test
    void everyOperatorIsNamedByItsUidAndEveryUidIsUsed() {
        Set<String> names = new TreeSet<>();
        for (StreamNode node : graph().getStreamNodes()) {
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
    }

    @Test
    void nothingIsSerializedByKryo() {
        for (StreamNode node : graph().getStreamNodes()) {
            assertThat(node.getTypeSerializerOut()).as(node.getOperatorName()).isNotInstanceOf(KryoSerializer.class);
        }
    }

    @Test
    void pipelinesShareNoStream() {
        StreamGraph graph = graph();
        Collection<Integer> reporting = graph.getStreamNodes().stream()
                .filter(node -> node.getOperatorName().contains(OperatorId.TICK_REPORTS.uid()))
                .map(StreamNode::getId)
                .toList();

        assertThat(reporting).hasSize(1);
        assertThat(graph.getSourceIDs()).hasSize(2);
        assertThat(graph.getStreamNodes().stream()
                        .filter(node -> node.getInEdges().size() > 1))
                .as("operators with two inputs")
                .isEmpty();
    }

    private static StreamGraph graph() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        JobGuarantees.apply(env);
        MeteringPipeline.of(SETTINGS).build(env);
        ReportingPipeline.of(SETTINGS).build(env);
        return env.getStreamGraph(false);
    }
}
