package io.tallymark.topology;

import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Name and uid of every operator. A savepoint finds its state by these, so an entry may be added or retired but never renamed; a test
 * freezes the list.
 */
public enum OperatorId {
    READ_USAGE_EVENTS("read-usage-events"),
    SORT_OUT_REJECTS("sort-out-rejects"),
    WRITE_DEAD_LETTERS("write-dead-letters"),
    DROP_DUPLICATES("drop-duplicates"),
    BUNDLE_READS("bundle-reads"),
    BUNDLE_DECISIONS("bundle-decisions"),
    SUM_INTAKE("sum-intake"),
    WRITE_INTAKE_TABLE("write-intake-table"),
    WRITE_PROGRESS("write-progress"),
    SPLIT_BY_METER("split-by-meter"),
    ADD_UP_LOCALLY("add-up-locally"),
    SUM_HOURS("sum-hours"),
    WRITE_USAGE_TABLE("write-usage-table"),
    TICK_REPORTS("tick-reports"),
    CLAIM_DUE_HOURS("claim-due-hours"),
    SEND_TO_STRIPE("send-to-stripe"),
    RECORD_OUTCOMES("record-outcomes"),
    TICK_SWEEP("tick-sweep"),
    SWEEP_REPORTS("sweep-reports"),
    SELECT_REPLAYED("select-replayed"),
    COUNT_REPLAYED("count-replayed"),
    WRITE_REPLAY_TABLE("write-replay-table");

    private final String uid;

    OperatorId(String uid) {
        this.uid = uid;
    }

    /** The uid, which is the name as well. */
    public String uid() {
        return uid;
    }

    <T> SingleOutputStreamOperator<T> on(SingleOutputStreamOperator<T> operator) {
        return operator.uid(uid).name(uid);
    }

    <T> DataStreamSink<T> on(DataStreamSink<T> sink) {
        return sink.uid(uid).name(uid);
    }
}
