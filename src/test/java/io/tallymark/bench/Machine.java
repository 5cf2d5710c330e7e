package io.tallymark.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the figures were measured on; without names or paths.
 *
 * @param processors how many this process may use
 * @param model of the processor, as the system names it
 * @param memoryMebibytes of the machine
 * @param system name of the operating system and its architecture
 * @param java version of the runtime
 */
public record Machine(int processors, String model, long memoryMebibytes, String system, String java) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final String MODEL = "model name";
    private static final long MEBIBYTE = 1 << 20;

    public static Machine here() throws IOException {
        com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                processorModel(),
                system.getTotalMemorySize() / MEBIBYTE,
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.version"));
    }

    private static String processorModel() throws IOException {
        if (!Files.exists(CPU_INFO)) {
            return "unknown processor";
        }
        return Files.readAllLines(CPU_INFO).stream()
                .filter(line -> line.startsWith(MODEL))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
    }
}
