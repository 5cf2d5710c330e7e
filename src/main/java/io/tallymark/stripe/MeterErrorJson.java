package io.tallymark.stripe;

import static io.tallymark.stripe.ReplyJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.stripe.MeterErrorReport.Sample;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads events of the v2 API: their id and time must be there, of the samples it takes what there is. */
final class MeterErrorJson {
    private static final Set<String> TYPES =
            Set.of(MeterErrorReport.ERROR_REPORT_TRIGGERED, MeterErrorReport.NO_METER_FOUND);

    private MeterErrorJson() {}

    static boolean isReport(JsonNode event) {
        return TYPES.contains(text(event.path("type")));
    }

    /** A thin event holds no data: it must be fetched by its id. */
    static boolean isThin(JsonNode event) {
        return !event.path("data").isObject();
    }

    /** {@link Instant#EPOCH} when the event does not say. */
    static Instant created(JsonNode event) {
        return instant(text(event.path("created"))).orElse(Instant.EPOCH);
    }

    static Optional<MeterErrorReport> report(JsonNode event) {
        String id = text(event.path("id"));
        Optional<Instant> created = instant(text(event.path("created")));
        if (!isReport(event) || isThin(event) || id.isEmpty() || created.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new MeterErrorReport(
                id,
                created.get(),
                text(event.path("type")),
                text(event.path("related_object").path("id")),
                samples(event.path("data").path("reason").path("error_types"))));
    }

    private static List<Sample> samples(JsonNode errorTypes) {
        List<Sample> samples = new ArrayList<>();
        for (JsonNode errorType : errorTypes) {
            for (JsonNode sample : errorType.path("sample_errors")) {
                samples.add(new Sample(
                        text(errorType.path("code")),
                        text(sample.path("request").path("identifier")),
                        Redaction.clean(text(sample.path("error_message")))));
            }
        }
        return samples;
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
