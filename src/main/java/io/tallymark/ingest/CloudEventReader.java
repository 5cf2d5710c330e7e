package io.tallymark.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tallymark.usage.RejectReason;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads a record as a CloudEvent: binary mode when {@code ce_} headers say so, otherwise structured mode, where the content type and
 * {@code specversion} may be absent. Every bound on the input's shape is here.
 */
final class CloudEventReader {
    static final int MAX_RECORD_BYTES = 1 << 20;
    private static final int MAX_NESTING = 64;
    private static final int MAX_NUMBER_CHARS = 100;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final String BATCH_CONTENT_TYPE = "application/cloudevents-batch";
    private static final String STRUCTURED_CONTENT_TYPE = "application/cloudevents";
    private static final String SUPPORTED_SPEC_VERSION = "1.0";

    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxNumberLength(MAX_NUMBER_CHARS)
                            .maxDocumentLength(MAX_RECORD_BYTES)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /**
     * Reads the record.
     *
     * @throws RejectException with the reason when it is no event
     */
    CloudEvent read(RawRecord record) throws RejectException {
        CloudEvent event = isBinary(record) ? binary(record) : structured(record);
        Optional<String> version = event.attribute("specversion");
        if (version.isPresent() && !version.get().equals(SUPPORTED_SPEC_VERSION)) {
            throw new RejectException(
                    RejectReason.UNREADABLE, "specversion must be 1.0, not " + RejectException.shown(version.get()));
        }
        return event;
    }

    private static boolean isBinary(RawRecord record) throws RejectException {
        String contentType = record.header("content-type").orElse("").toLowerCase(Locale.ROOT);
        if (contentType.startsWith(BATCH_CONTENT_TYPE)) {
            throw new RejectException(
                    RejectReason.UNREADABLE, "batched CloudEvents are not accepted: send one event a record");
        }
        return !contentType.startsWith(STRUCTURED_CONTENT_TYPE)
                && record.headers().stream().anyMatch(h -> h.name().startsWith(BinaryEvent.HEADER_PREFIX));
    }

    private CloudEvent structured(RawRecord record) throws RejectException {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            throw new RejectException(RejectReason.UNREADABLE, "the record is empty");
        }
        JsonNode root = parse(value);
        if (!root.isObject()) {
            throw new RejectException(RejectReason.UNREADABLE, "the record is no JSON object");
        }
        return new StructuredEvent(root);
    }

    private CloudEvent binary(RawRecord record) throws RejectException {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            return new BinaryEvent(record, mapper.missingNode());
        }
        return new BinaryEvent(record, parse(value));
    }

    private JsonNode parse(byte[] value) throws RejectException {
        if (value.length > MAX_RECORD_BYTES) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    "the record has " + value.length + " bytes; the limit is " + MAX_RECORD_BYTES);
        }
        // From text, not bytes: Jackson would guess other encodings and take malformed UTF-8.
        String text = Utf8.decode("the record", value);
        try {
            return mapper.readTree(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (JsonProcessingException e) {
            throw new RejectException(
                    RejectReason.UNREADABLE, "not JSON: " + RejectException.shown(e.getOriginalMessage()));
        } catch (NumberFormatException e) {
            // Not wrapped by Jackson: 1e99999999999 is JSON, but no BigDecimal holds it.
            throw new RejectException(
                    RejectReason.OUT_OF_RANGE,
                    "a number is out of range: " + RejectException.shown(String.valueOf(e.getMessage())));
        }
    }
}
