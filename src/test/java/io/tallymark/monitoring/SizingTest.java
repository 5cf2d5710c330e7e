package io.tallymark.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

/** Who sizes heap as docs/sizing.md does, in its examples and in flink-conf, is not woken by TallymarkIdsNearHeap. */
class SizingTest {
    private static final int SHARDS = 1024;
    private static final int SLOTS = 2;
    private static final double BYTES_AN_ID = 13;
    private static final double BYTES_OF_RECENT_IDS = 32e6;
    private static final double HEAP_FOR_IDS = 2.2;
    private static final double MIB = 1 << 20;
    private static final double FRAMEWORK_MIB = 128;

    private final String sizing = Files.readString(Path.of("docs/sizing.md"));

    SizingTest() throws IOException {}

    /** As many ids on so many TaskManagers of two slots, each with so much heap. */
    private record Cluster(double ids, int taskManagers, double heapBytes) {
        double fullestIds() {
            return ids / taskManagers * shareOfFullest(taskManagers);
        }

        double planned() {
            double inIds = BYTES_OF_RECENT_IDS / taskManagers + ids / taskManagers * BYTES_AN_ID;
            return HEAP_FOR_IDS * inIds * shareOfFullest(taskManagers);
        }
    }

    @Test
    void formulasAreThoseOfThisTest() {
        assertThat(sizing)
                .contains("heap of the ids  = 32 MB + ids × 13 bytes ")
                .contains("heap             = heap of the ids × 2.2 × share of the fullest TaskManager")
                .contains("A heap is `taskmanager.memory.task.heap.size` and Flink's own 128 MiB");
    }

    @Test
    void examplesHaveTheHeapOfTheFormulaAndAreSilent() throws IOException {
        double day = number(sizing, "500,000,000 × 0\\.95 × .* \\| 3\\.4 billion \\| (\\d+) million \\|") * 1e6;
        double week = number(sizing, "500,000,000 × 0\\.95 × .* \\| ([\\d.]+) billion \\|") * 1e9;

        assertSilent(new Cluster(
                day, 4, heapBytes(number(sizing, "four TaskManagers of two slots, each with ([\\d,]+) MiB"))));
        assertSilent(new Cluster(
                week, 8, heapBytes(number(sizing, "eight TaskManagers of two slots, each with ([\\d,]+) MiB"))));
    }

    @Test
    void committedConfigurationHoldsWhatItSays() throws IOException {
        Configuration committed = GlobalConfiguration.loadConfiguration("flink-conf");
        double heap = committed.get(TaskManagerOptions.TASK_HEAP_MEMORY).getBytes()
                + committed.get(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY).getBytes();
        String comments = Files.readString(Path.of("flink-conf/config.yaml"));
        double ids = number(comments, "for about (\\d+) million ids") * 1e6;

        assertThat(committed.get(TaskManagerOptions.NUM_TASK_SLOTS)).isEqualTo(SLOTS);
        assertThat(committed.get(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY).getBytes())
                .isEqualTo((long) (FRAMEWORK_MIB * MIB));
        assertSilent(new Cluster(ids, 1, heap));
        for (String file : List.of("docs/deployment.md", "docs/sizing.md")) {
            assertThat(number(Files.readString(Path.of(file)), "enough for about (\\d+) million ids") * 1e6)
                    .as(file)
                    .isEqualTo(ids);
        }
        double fires = share() * heap / BYTES_AN_ID;
        for (String text : List.of(comments, sizing)) {
            assertThat(number(text, "fires at (\\d+) million") * 1e6).isEqualTo(fires, within(0.5e6));
        }
    }

    @Test
    void sharesOfTheFullestAreFlinks() {
        String[] taskManagers = row("TaskManagers \\|");
        String[] shares = row("the fullest holds, times the mean \\|");
        assertThat(taskManagers).hasSameSizeAs(shares).hasSizeGreaterThan(3);

        for (int i = 0; i < shares.length; i++) {
            assertThat(Double.parseDouble(shares[i]))
                    .as(taskManagers[i])
                    .isEqualTo(shareOfFullest(Integer.parseInt(taskManagers[i])), within(0.006));
        }
    }

    private static void assertSilent(Cluster cluster) throws IOException {
        assertThat(cluster.planned()).as("planned for %s", cluster).isLessThanOrEqualTo(cluster.heapBytes());
        assertThat(cluster.fullestIds() * BYTES_AN_ID)
                .as("ids on the fullest of %s", cluster)
                .isLessThan(share() * cluster.heapBytes());
    }

    /** The share of a heap at which the alert fires, with the same bytes an id. */
    private static double share() throws IOException {
        String rule = AlertRules.read().stream()
                .filter(each -> each.alert().equals("TallymarkIdsNearHeap"))
                .findFirst()
                .orElseThrow()
                .expression();
        assertThat(number(rule, "^(\\d+) \\* sum by \\(instance\\) \\(\\w+_rememberedIds\\)"))
                .isEqualTo(BYTES_AN_ID);
        return number(rule, "> ([\\d.]+) \\* max by \\(instance\\) \\(\\w+_Memory_Heap_Max\\)");
    }

    /** Flink may put the two fullest subtasks into one TaskManager. */
    private static double shareOfFullest(int taskManagers) {
        int subtasks = taskManagers * SLOTS;
        int most = KeyGroupRangeAssignment.computeDefaultMaxParallelism(subtasks);
        int[] shards = new int[subtasks];
        IntStream.range(0, SHARDS)
                .forEach(shard -> shards[KeyGroupRangeAssignment.assignKeyToParallelOperator(shard, most, subtasks)]++);
        Arrays.sort(shards);
        return (double) (shards[subtasks - 1] + shards[subtasks - 2]) * taskManagers / SHARDS;
    }

    private static double heapBytes(double taskHeapMib) {
        return (taskHeapMib + FRAMEWORK_MIB) * MIB;
    }

    private String[] row(String name) {
        return find(sizing, name + " (.+) \\|").split(" \\| ", -1);
    }

    private static double number(String text, String pattern) {
        return Double.parseDouble(find(text, pattern).replace(",", ""));
    }

    private static String find(String text, String pattern) {
        List<MatchResult> found =
                Pattern.compile(pattern).matcher(text).results().toList();
        assertThat(found).as(pattern).hasSize(1);
        return found.get(0).group(1);
    }
}
