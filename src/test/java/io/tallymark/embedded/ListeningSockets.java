package io.tallymark.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP sockets on which a Linux process listens, read from {@code /proc}. */
final class ListeningSockets {
    private static final String LISTEN = "0A";
    private static final int ADDRESS_COLUMN = 1;
    private static final int STATE_COLUMN = 3;
    private static final int INODE_COLUMN = 9;
    /** 127.0.0.1, ::ffff:127.0.0.1 and ::1 as the kernel prints them on a little-endian machine. */
    private static final Set<String> LOOPBACKS =
            Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

    private ListeningSockets() {}

    /**
     * One socket.
     *
     * @param address in the kernel's hexadecimal form
     */
    record Socket(String address, String inode) {
        boolean loopback() {
            return LOOPBACKS.contains(address.substring(0, address.indexOf(':')));
        }
    }

    static List<Socket> of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Set<String> inodes = inodes(process.resolve("fd"));
        return Stream.concat(listening(process.resolve("net/tcp")), listening(process.resolve("net/tcp6")))
                .filter(socket -> inodes.contains(socket.inode()))
                .toList();
    }

    private static Stream<Socket> listening(Path table) throws IOException {
        return Files.readAllLines(table).stream()
                .map(line -> List.of(line.strip().split("\\s+")))
                .filter(columns -> columns.get(STATE_COLUMN).equals(LISTEN))
                .map(columns -> new Socket(columns.get(ADDRESS_COLUMN), columns.get(INODE_COLUMN)));
    }

    private static Set<String> inodes(Path descriptors) throws IOException {
        try (Stream<Path> links = Files.list(descriptors)) {
            return links.map(ListeningSockets::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.substring("socket:[".length(), target.length() - 1))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
