package io.tallymark.proof;

import java.io.Serializable;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** Keeps every log line of this process, exceptions included, from DEBUG on for what is ours and INFO for the rest. */
public final class LogCapture implements AutoCloseable {
    private static final int MOST_CHARS = 200_000_000;

    @SuppressWarnings("JdkObsolete") // Written by many threads.
    private final StringBuffer text = new StringBuffer();

    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final Appender appender = new Appender(text);

    private LogCapture() {
        appender.start();
        context.getConfiguration().getRootLogger().addAppender(appender, Level.ALL, null);
        context.getRootLogger().setLevel(Level.INFO);
        context.getLogger("io.tallymark").setLevel(Level.DEBUG);
        context.updateLoggers();
    }

    public static LogCapture everything() {
        return new LogCapture();
    }

    String text() {
        return text.toString();
    }

    boolean says(String words) {
        return text.indexOf(words) >= 0;
    }

    /** The lines that say it, each with its level and logger in front. */
    public List<String> lines(String words) {
        return text().lines().filter(line -> line.contains(words)).toList();
    }

    @Override
    public void close() {
        context.getConfiguration().getRootLogger().removeAppender("capture");
        context.reconfigure();
    }

    private static final class Appender extends AbstractAppender {
        private final StringBuffer text;

        Appender(StringBuffer text) {
            super(
                    "capture",
                    null,
                    PatternLayout.newBuilder()
                            .withPattern("%p %c %m%n%throwable")
                            .build(),
                    true,
                    Property.EMPTY_ARRAY);
            this.text = text;
        }

        @Override
        public void append(LogEvent event) {
            Serializable line = getLayout().toSerializable(event);
            if (text.length() < MOST_CHARS) {
                text.append(line);
            }
        }
    }
}
