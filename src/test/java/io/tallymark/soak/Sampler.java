package io.tallymark.soak;

import io.tallymark.chaos.ChaosProcess;
import io.tallymark.chaos.ChaosStack;
import io.tallymark.chaos.Queries;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Takes all readings. Those that disturb, since they stop a JVM or count rows, only every fourth time. */
final class Sampler {
    private static final int BETWEEN_DISTURBANCES = 4;

    private final Recording recording;
    private final FlinkFigures flink;
    private final TableFigures tables;
    private final List<ChaosProcess> taskManagers = new ArrayList<>();
    private final ChaosProcess jobManager;
    /** Readings of what the far end has accounted for, for a rate over a minute: it moves by checkpoints. */
    private final List<Point> read = new ArrayList<>();

    private int number;

    Sampler(Recording recording, ChaosStack stack, String job) {
        this.recording = recording;
        this.flink = new FlinkFigures(stack.flink().api(), job);
        this.tables = new TableFigures(new Queries(stack.settings().database()));
        this.jobManager = stack.flink().jobManager();
        for (int taskManager = 0; taskManager < stack.flink().size(); taskManager++) {
            taskManagers.add(stack.flink().taskManager(taskManager));
        }
    }

    /**
     * Takes one reading of each series.
     *
     * @param stored records that are in Kafka at least
     */
    void sample(double minute, long stored) throws IOException, SQLException, InterruptedException {
        flow(minute, stored);
        job(minute);
        recording.add(Series.JOB_MEMORY, minute, ProcessFigures.resident(jobManager.pid()));
        recording.add(Series.TASK_MEMORY, minute, residentOfTaskManagers());
        if (number++ % BETWEEN_DISTURBANCES == 0) {
            tables(minute);
            add(Series.JOB_HEAP, minute, liveHeap(List.of(jobManager)));
            add(Series.TASK_HEAP, minute, liveHeap(taskManagers));
        }
    }

    private void flow(double minute, long stored) throws IOException, SQLException {
        long accounted = tables.read();
        recording.add(Series.UNREAD, minute, (double) (stored - accounted));
        recording.add(Series.UNTOLD, minute, (double) tables.untold());
        read.add(new Point(minute, accounted));
        if (read.size() > BETWEEN_DISTURBANCES) {
            Point before = read.remove(0);
            recording.add(Series.RATE, minute, (accounted - before.value()) / (minute - before.minute()) / 60);
        }
    }

    private void job(double minute) throws IOException, InterruptedException {
        Optional<FlinkFigures.Checkpoints> answer = flink.checkpoints();
        if (answer.isPresent()) {
            recording.add(Series.FAILED, minute, answer.get().failed());
        }
        if (answer.isPresent() && !answer.get().mebibytes().isEmpty()) {
            recording.add(Series.STATE, minute, Trend.median(answer.get().mebibytes()));
            recording.add(Series.CHECKPOINT, minute, answer.get().millis());
        }
        add(Series.RESTARTS, minute, flink.restarts());
        add(Series.IDS, minute, flink.metric("rememberedIds", "sum"));
        add(Series.OPEN_HOURS, minute, flink.metric("openHours", "max"));
    }

    /** A reading that could not be taken is a gap. */
    private void add(Series series, double minute, OptionalDouble reading) throws IOException {
        if (reading.isPresent()) {
            recording.add(series, minute, reading.getAsDouble());
        }
    }

    private static OptionalDouble liveHeap(List<ChaosProcess> processes) throws IOException, InterruptedException {
        double all = 0;
        for (ChaosProcess process : processes) {
            OptionalDouble one = ProcessFigures.liveHeap(process.pid());
            if (one.isEmpty()) {
                return one;
            }
            all += one.getAsDouble();
        }
        return OptionalDouble.of(all);
    }

    private void tables(double minute) throws IOException, SQLException {
        for (Map.Entry<String, TableFigures.Size> table : tables.sizes().entrySet()) {
            TableFigures.Size size = table.getValue();
            recording.add(Series.rows(table.getKey()), minute, (double) size.rows());
            if (size.rows() > 0) {
                recording.add(Series.bytesPerRow(table.getKey()), minute, (double) size.bytes() / size.rows());
            }
        }
    }

    private double residentOfTaskManagers() throws IOException {
        double resident = 0;
        for (ChaosProcess taskManager : taskManagers) {
            resident += ProcessFigures.resident(taskManager.pid());
        }
        return resident;
    }
}
