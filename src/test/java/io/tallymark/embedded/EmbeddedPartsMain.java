package io.tallymark.embedded;

import java.util.concurrent.CountDownLatch;
import org.apache.flink.configuration.Configuration;

/** A process with all parts open, for tests that end it from outside: prints its work directory when ready, then waits for ever. */
final class EmbeddedPartsMain {
    private EmbeddedPartsMain() {}

    public static void main(String[] arguments) throws Exception {
        try (Teardown teardown = Teardown.atExit()) {
            WorkDirectory work = teardown.open(WorkDirectory::create);
            teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
            teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
            teardown.open(() -> EmbeddedFlink.start(
                    work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(2, 1), new Configuration()));
            System.out.println(work.root());
            new CountDownLatch(1).await();
        }
    }
}
