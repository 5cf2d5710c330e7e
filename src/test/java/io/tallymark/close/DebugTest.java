package io.tallymark.close;

import org.junit.jupiter.api.Test;

class DebugTest {
    @Test
    void x() throws Exception {
        try (CloseRig rig = new CloseRig("deadline: 70h")) {
            try {
                RunningTrafficTest.run(rig, 2);
            } catch (Throwable e) {
                System.out.println("DBG " + e);
            }
            for (String q : new String[] {
                "SELECT customer_id, metric, sealed_before, late, carry_to, cause FROM billing_seal WHERE metric='requests' ORDER BY 3",
                "SELECT from_hour, to_hour, amount, carried_at FROM billing_carry WHERE metric='requests' ORDER BY carry_id",
                "SELECT state, sum(amount), count(*) FROM stripe_report WHERE metric='requests' GROUP BY 1",
                "SELECT period_start, sequence, value, amount, state, last_sent_at FROM stripe_report r WHERE metric='requests' AND EXISTS (SELECT FROM billing_seal s WHERE s.metric=r.metric AND s.sealed_before > r.period_start AND s.sealed_at < r.last_sent_at) ORDER BY 1,2",
                "SELECT waiting_for, count(*) FROM report_due GROUP BY 1",
                "SELECT s.sealed_before, (SELECT sum(quantity) FROM usage_hourly u WHERE metric='requests' AND u.period_start < s.sealed_before) AS usage, (SELECT sum(amount) FROM stripe_report u WHERE metric='requests' AND u.period_start < s.sealed_before AND state IN ('accepted','confirmed','observed')) AS told FROM billing_seal s WHERE metric='requests' ORDER BY 1",
                "SELECT change_id, kind, plan, state, ends_at, changed_at, asked_at FROM billing_change",
            }) {
                System.out.println("DBG -- " + q);
                rig.books.rows(q).forEach(r -> System.out.println("DBG " + r));
            }
            rig.simulator.invoiced(rig.payer).forEach(l -> System.out.println("DBG " + l));
        }
    }
}
