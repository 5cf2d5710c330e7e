package io.tallymark.report;

import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportRecordsTest {
    @ParameterizedTest
    @ValueSource(classes = {ClaimedReport.class, ReportOutcome.class})
    void crossTheNetworkWithoutKryo(Class<?> record) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(record);
    }
}
