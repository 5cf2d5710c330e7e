package io.tallymark.embedded;

import io.tallymark.usage.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

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
        try (ServerSocket probe = new ServerSocket(number, BACKLOG, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            if (number == ANY) {
                throw new UncheckedIOException("no free port on " + LOOPBACK, e);
            }
            throw new UserError(
                    "port " + number + " is taken",
                    "stop the process that listens there, or choose another port with " + flag,
                    e);
        }
    }
}
