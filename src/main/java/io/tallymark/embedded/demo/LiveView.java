package io.tallymark.embedded.demo;

import io.tallymark.embedded.demo.TableReader.Glance;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Shows the running day: redrawn in place on a terminal, otherwise one line every few seconds. */
final class LiveView {
    private static final int PLAIN_LINE_EVERY = 5;

    private final PrintStream out;
    private final boolean terminal;
    private int drawnLines;
    private int frames;

    LiveView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(String stage, long sent, long total, long perSecond, Glance glance) {
        String line = "%s  sent %,d of %,d (%,d/s)  rows %,d  hours closed %d  reported %,d  due %,d"
                .formatted(
                        stage,
                        sent,
                        total,
                        perSecond,
                        glance.rows(),
                        glance.closedHours(),
                        glance.reported(),
                        glance.due());
        if (terminal) {
            redraw(line, glance.topCustomers());
        } else if (frames % PLAIN_LINE_EVERY == 0) {
            out.println(line);
        }
        frames++;
    }

    private void redraw(String line, List<String> topCustomers) {
        List<String> lines = new ArrayList<>();
        lines.add(line);
        lines.add("  top customers                  events");
        topCustomers.forEach(customer -> lines.add("  " + customer));
        StringBuilder frame = new StringBuilder();
        if (drawnLines > 0) {
            frame.append("\u001b[").append(drawnLines).append('A');
        }
        lines.forEach(text -> frame.append("\u001b[2K").append(text).append('\n'));
        out.print(frame);
        out.flush();
        drawnLines = lines.size();
    }
}
