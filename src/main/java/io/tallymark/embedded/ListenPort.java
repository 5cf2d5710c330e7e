package io.tallymark.embedded;

import io.tallymark.usage.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The loopback port on which a part listens: any free one, or a given one that must not be taken.
 *
 * @param number 1 to 65535; 0 for any free port
 * @param flag command line flag that chooses the port, for messages; empty for a free port
 */
public record ListenPort(int number, String flag) {
    private static final int ANY = 0;
    private static final int MAX = 65_535;
    private static final int BACKLOG = 1;

    /**
     * Free ports are taken from below those that systems give to clients and to whoever binds to any port (from 32768 on Linux, from 49152
     * elsewhere): such a one could be gone before the part that it was found for binds to it, and each time while that part restarts.
     */
    private static final int FIRST_FREE = 10_240;

    private static final int FREE_COUNT = 32_768 - FIRST_FREE;
    /** Each process begins elsewhere, and hands out no port twice. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(FREE_COUNT));

    /** The address every part binds to. */
    public static final String LOOPBACK = "127.0.0.1";

    public ListenPort {
        if (number < ANY || number > MAX) {
            throw new UserError(flag + " is " + number + ", not between 1 and " + MAX, "choose a port in that range");
        }
    }

    public static ListenPort free() {
        return new ListenPort(ANY, "");
    }

    public static ListenPort given(int number, String flag) {
        if (number == ANY) {
            throw new UserError(flag + " is 0, not between 1 and " + MAX, "choose a port in that range");
        }
        return new ListenPort(number, flag);
    }

    /**
     * The number to bind to, free at this moment.
     *
     * @throws UserError when the given port is taken
     */
    public int resolve() {
        if (number == ANY) {
            return anyFree();
        }
        try {
            probe(number);
            return number;
        } catch (IOException e) {
            throw new UserError(
                    "port " + number + " is taken",
                    "stop the process that listens there, or choose another port with " + flag,
                    e);
        }
    }

    private static int anyFree() {
        IOException last = new IOException("none was tried");
        for (int tries = 0; tries < FREE_COUNT; tries++) {
            int candidate = FIRST_FREE + Math.floorMod(NEXT.getAndIncrement(), FREE_COUNT);
            try {
                probe(candidate);
                return candidate;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("no free port on " + LOOPBACK, last);
    }

    private static void probe(int port) throws IOException {
        new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress()).close();
    }
}
