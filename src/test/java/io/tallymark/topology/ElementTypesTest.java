package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.aggregate.LoggedContribution;
import io.tallymark.aggregate.RunningTotal;
import io.tallymark.aggregate.Subtotal;
import io.tallymark.dedup.WaitingVoid;
import io.tallymark.ingest.Coverage;
import io.tallymark.ingest.Ingested;
import io.tallymark.report.ClaimedReport;
import io.tallymark.report.ReportOutcome;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.MeteringProgress;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels between operators or lies in state is written field by field, absent fields included. */
class ElementTypesTest {
    private static final UsageEvent EVENT = new UsageEvent(
            "gateway",
            "e-1",
            "新規 \uD83D\uDE00",
            -5,
            true,
            7,
            new Origin("usage-events", 3, 42),
            List.of(
                    new Measurement("requests", "{}", BigDecimal.ONE),
                    new Measurement("tokens", "{\"model\":null}", new BigDecimal("1E+19"))),
            null);

    @ParameterizedTest
    @ValueSource(
            classes = {
                Ingested.class,
                Coverage.class,
                UsageEvent.class,
                Contribution.class,
                Subtotal.class,
                UsageKey.class,
                HourlyTotal.class,
                RunningTotal.class,
                LoggedContribution.class,
                Rejection.class,
                Fingerprint.class,
                WaitingVoid.class,
                IntakeEntry.class,
                IntakeKey.class,
                IntakeTally.class,
                MeteringProgress.class,
                ClaimedReport.class,
                ReportOutcome.class
            })
    void isARecordWithoutGenericFields(Class<?> type) {
        TypeInformation<?> info = TypeInformation.of(type);

        assertThat(info).isInstanceOf(PojoTypeInfo.class);
        requireNoGenericType(type.getSimpleName(), info);
    }

    @Test
    void acceptedEventSurvivesTheNetwork() throws IOException {
        Ingested accepted = new Ingested(EVENT.origin(), 7, EVENT, null);

        assertThat(overTheNetwork(Ingested.class, accepted)).isEqualTo(accepted);
    }

    @Test
    void ignoredRecordSurvivesTheNetwork() throws IOException {
        Ingested ignored = new Ingested(EVENT.origin(), 7, null, null);

        assertThat(overTheNetwork(Ingested.class, ignored)).isEqualTo(ignored);
    }

    @Test
    void rejectionKeepsBytesAndAbsentOnes() throws IOException {
        List<RecordHeader> headers =
                List.of(new RecordHeader("trace", new byte[] {0, -1}), new RecordHeader("trace", null));
        Ingested tombstone = new Ingested(
                EVENT.origin(), 7, null, rejection(null, null, List.of(new RecordHeader("empty", new byte[0]))));
        Ingested whole =
                new Ingested(EVENT.origin(), 7, null, rejection(new byte[] {1}, new byte[] {-128, 0, 127}, headers));

        assertThat(overTheNetwork(Ingested.class, tombstone))
                .usingRecursiveComparison()
                .isEqualTo(tombstone);
        assertThat(overTheNetwork(Ingested.class, whole))
                .usingRecursiveComparison()
                .isEqualTo(whole);
    }

    @Test
    void decimalsKeepEveryDigitAndTheirScale() throws IOException {
        for (String number :
                List.of("0", "1", "10", "1E+19", "1E-18", "99999999999999999999.999999999999999999", "0.10")) {
            Measurement measurement = new Measurement("tokens", "{}", new BigDecimal(number));

            assertThat(overTheNetwork(Measurement.class, measurement)).isEqualTo(measurement);
        }
    }

    @Test
    void keyIsPlacedByAHashThatNeverChanges() {
        assertThat(new UsageKey("tokens", "acme", "{}").hashCode())
                .isEqualTo(("tokens".hashCode() * 31 + "acme".hashCode()) * 31 + "{}".hashCode());
    }

    private static Rejection rejection(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        return new Rejection(
                new Origin("usage-events", 3, 42), 7, key, value, headers, RejectReason.UNREADABLE, "not JSON");
    }

    private static <T> T overTheNetwork(Class<T> type, T value) throws IOException {
        TypeSerializer<T> serializer = TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static void requireNoGenericType(String path, TypeInformation<?> info) {
        assertThat(info).as(path).isNotInstanceOf(GenericTypeInfo.class);
        if (info instanceof ListTypeInfo<?> list) {
            requireNoGenericType(path + "[]", list.getElementTypeInfo());
        }
        if (info instanceof PojoTypeInfo<?> record) {
            for (int i = 0; i < record.getArity(); i++) {
                String field = record.getPojoFieldAt(i).getField().getName();
                requireNoGenericType(
                        path + "." + field, record.getPojoFieldAt(i).getTypeInformation());
            }
        }
    }
}
