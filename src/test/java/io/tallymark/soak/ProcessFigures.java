package io.tallymark.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** What another process holds, as Linux and its JVM tell. */
final class ProcessFigures {
    private static final double MEBIBYTE = 1 << 20;
    private static final double KIBIBYTES = 1 << 10;
    private static final String RESIDENT = "VmRSS:";
    private static final String TOTAL = "Total";

    private ProcessFigures() {}

    /** Memory that it occupies, heap and all else, MiB. */
    static double resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith(RESIDENT))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / KIBIBYTES)
                .findFirst()
                .orElseThrow();
    }

    /**
     * What is reachable in its heap, MiB: the JVM makes a full collection and adds up what is left. Nothing when it does not answer, as
     * on a machine that stands still for some seconds.
     */
    static OptionalDouble liveHeap(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return process.waitFor() == 0 ? bytes(said) : OptionalDouble.empty();
    }

    /** Of the last line: {@code Total  INSTANCES  BYTES}. */
    private static OptionalDouble bytes(List<String> histogram) {
        for (int line = histogram.size() - 1; line >= 0; line--) {
            String[] words = histogram.get(line).strip().split("\\s+");
            if (words.length == 3 && words[0].equals(TOTAL)) {
                return OptionalDouble.of(Double.parseDouble(words[2]) / MEBIBYTE);
            }
        }
        return OptionalDouble.empty();
    }
}
