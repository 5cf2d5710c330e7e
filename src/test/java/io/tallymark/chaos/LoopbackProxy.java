package io.tallymark.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between two parts. It can be cut, so that connections are reset and none is made, or become so slow that nothing arrives
 * before it is mended; then all that was sent arrives in order, as TCP does it.
 */
final class LoopbackProxy implements AutoCloseable {
    private static final int BACKLOG = 100;

    private final ServerSocket door;
    private final int target;
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean holding;

    private LoopbackProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
    }

    /** @param target port of the part behind it, which need not listen yet */
    static LoopbackProxy to(int target) throws IOException {
        ServerSocket door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        LoopbackProxy proxy = new LoopbackProxy(door, target);
        Thread thread = new Thread(proxy::serve, "proxy-to-" + target);
        thread.setDaemon(true);
        thread.start();
        return proxy;
    }

    int port() {
        return door.getLocalPort();
    }

    /** Resets every connection; new ones are refused. */
    void cut() {
        cut = true;
        links.forEach(ProxyLink::reset);
    }

    /** Nothing arrives any more, on new connections neither. */
    void holdAll() {
        holding = true;
        links.forEach(ProxyLink::hold);
    }

    /**
     * A connection on which so many bytes are sent at once gets no further, them included; all others work, and so do those that are
     * made later.
     */
    void holdWhoSends(int bytes) {
        links.forEach(link -> link.holdAt(bytes));
    }

    /** How many of the connections are held up. */
    long heldLinks() {
        return links.stream().filter(ProxyLink::isHeld).count();
    }

    /** The network is as it should be. */
    void mend() {
        cut = false;
        holding = false;
        links.forEach(ProxyLink::release);
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
        mend();
    }

    private void serve() {
        while (!door.isClosed()) {
            try {
                accept(door.accept());
            } catch (IOException e) {
                // Closed, or the client went away at once: the next one may stay.
            }
        }
    }

    private void accept(Socket client) throws IOException {
        if (cut) {
            ProxyLink.reset(client);
            return;
        }
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            ProxyLink.reset(client);
            throw e;
        }
        ProxyLink link = new ProxyLink(client, server, links::remove);
        links.add(link);
        if (holding) {
            link.hold();
        }
        link.start();
        if (cut) {
            link.reset();
        }
    }
}
