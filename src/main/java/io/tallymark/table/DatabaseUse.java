package io.tallymark.table;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a job, and the rights on the database that it works with; {@code deploy/roles.sql} grants no fewer. */
public enum DatabaseUse {
    /** The trigger on usage_hourly needs none of its own: it writes with its owner's. */
    METERING {
        @Override
        void addRights(Rights rights) {
            rights.add("usage_hourly", Right.INSERT, Right.UPDATE);
            rights.add("intake_hourly", Right.INSERT, Right.UPDATE);
            rights.add("metering_progress", Right.INSERT, Right.UPDATE);
            rights.addSequence("writer_epoch_seq");
            rights.addFunction("ensure_usage_months(timestamptz, timestamptz)");
            rights.addFunction("fenced_epoch(bigint, bigint)");
        }
    },

    REPORTING {
        @Override
        void addRights(Rights rights) {
            rights.add("usage_hourly");
            rights.add("ledger_entry", Right.INSERT);
            rights.add("report_due", Right.INSERT, Right.UPDATE, Right.DELETE);
            rights.add("report_lane", Right.INSERT, Right.UPDATE, Right.DELETE);
            rights.add("reported_meter", Right.INSERT, Right.UPDATE, Right.DELETE);
            rights.add("report_pace", Right.UPDATE);
            rights.add("stripe_report", Right.INSERT, Right.UPDATE);
            rights.add("billing_customer");
            rights.add("billing_item");
            rights.add("billing_seal");
            rights.add("billing_carry", Right.INSERT);
            rights.addSequence("report_claim_seq");
        }
    },

    RECONCILING {
        @Override
        void addRights(Rights rights) {
            rights.add("usage_hourly");
            rights.add("ledger_entry", Right.INSERT);
            rights.add("ledger_balance");
            rights.add("report_due", Right.INSERT, Right.UPDATE);
            rights.add("report_lane", Right.INSERT, Right.UPDATE, Right.DELETE);
            rights.add("reported_meter");
            rights.add("stripe_report", Right.INSERT, Right.UPDATE);
            rights.add("refused_report");
            rights.add("billing_customer");
            rights.add("billing_seal");
            rights.add("billing_carry");
            rights.add("reconcile_check", Right.INSERT, Right.UPDATE, Right.DELETE);
            rights.add("reconcile_finding", Right.INSERT, Right.UPDATE);
            rights.add("reconcile_cursor", Right.UPDATE);
        }
    };

    abstract void addRights(Rights rights);

    /** A right on a table, in the order of messages. */
    enum Right {
        SELECT,
        INSERT,
        UPDATE,
        DELETE
    }

    /** What several uses need together. */
    static final class Rights {
        private final Map<String, EnumSet<Right>> byTable = new LinkedHashMap<>();
        private final List<String> sequences = new ArrayList<>();
        private final List<String> functions = new ArrayList<>();

        /** Whatever is written is read too. */
        void add(String table, Right... writing) {
            EnumSet<Right> rights = byTable.computeIfAbsent(table, unused -> EnumSet.of(Right.SELECT));
            rights.addAll(List.of(writing));
        }

        void addSequence(String sequence) {
            sequences.add(sequence);
        }

        void addFunction(String signature) {
            functions.add(signature);
        }

        Map<String, EnumSet<Right>> byTable() {
            return byTable;
        }

        List<String> sequences() {
            return sequences;
        }

        List<String> functions() {
            return functions;
        }
    }
}
