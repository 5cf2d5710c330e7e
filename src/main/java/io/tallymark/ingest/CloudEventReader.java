package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a record as a CloudEvent: binary mode when {@code ce_} headers say so, otherwise structured mode, where the content type and
 * {@code specversion} may be absent. The record's size is bounded here, the JSON's shape in {@link BoundedJson}.
 */
final class CloudEventReader {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final String BATCH_CONTENT_TYPE = "application/cloudevents-batch";
    private static final String STRUCTURED_CONTENT_TYPE = "application/cloudevents";
    private static final String SUPPORTED_SPEC_VERSION = "1.0";

    private final InputBounds bounds;
    private final BoundedJson json;
    private final Function<byte[], Optional<CloudEvent>> scanner;

    /** @param scanner reads what is ordinary; empty: the record has to be read as a tree */
    CloudEventReader(InputBounds bounds, Function<byte[], Optional<CloudEvent>> scanner) {
        this.bounds = bounds;
        this.scanner = scanner;
        this.json = new BoundedJson(bounds);
    }

    /**
     * Reads the record.
     *
     * @throws RejectException with the reason when it is no event
     */
    CloudEvent read(RawRecord record) throws RejectException {
        checkSize(record);
        CloudEvent event = isBinary(record) ? binary(record) : structured(record);
        Optional<String> version = event.attribute("specversion");
        if (version.isPresent() && !version.get().equals(SUPPORTED_SPEC_VERSION)) {
            throw new RejectException(
                    RejectReason.UNREADABLE, "specversion must be 1.0, not " + RejectException.shown(version.get()));
        }
        return event;
    }

    private void checkSize(RawRecord record) throws RejectException {
        List<RecordHeader> headers = record.headers();
        if (headers.size() > bounds.maxHeaders()) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    "the record has " + headers.size() + " headers; the limit is " + bounds.maxHeaders());
        }
        if (InputBounds.isBounded(bounds.maxRecordBytes()) && record.bytes() > bounds.maxRecordBytes()) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    "the record has " + record.bytes() + " bytes; the limit is " + bounds.maxRecordBytes());
        }
    }

    private static boolean isBinary(RawRecord record) throws RejectException {
        if (record.headers().isEmpty()) {
            return false;
        }
        String contentType = record.header("content-type").orElse("").toLowerCase(Locale.ROOT);
        if (contentType.startsWith(BATCH_CONTENT_TYPE)) {
            throw new RejectException(
                    RejectReason.UNREADABLE, "batched CloudEvents are not accepted: send one event a record");
        }
        return !contentType.startsWith(STRUCTURED_CONTENT_TYPE) && hasAttribute(record.headers());
    }

    /** A plain loop: it runs once a record. */
    private static boolean hasAttribute(List<RecordHeader> headers) {
        for (RecordHeader header : headers) {
            if (header.name().startsWith(BinaryEvent.HEADER_PREFIX)) {
                return true;
            }
        }
        return false;
    }

    private CloudEvent structured(RawRecord record) throws RejectException {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            throw new RejectException(RejectReason.UNREADABLE, "the record is empty");
        }
        Optional<CloudEvent> scanned = scanner.apply(value);
        return scanned.isPresent() ? scanned.get() : tree(value);
    }

    /** What is unusual, or wrong. */
    private StructuredEvent tree(byte[] value) throws RejectException {
        JsonNode root = parse(value);
        if (!root.isObject()) {
            throw new RejectException(RejectReason.UNREADABLE, "the record is no JSON object");
        }
        return new StructuredEvent(root);
    }

    private CloudEvent binary(RawRecord record) throws RejectException {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            return new BinaryEvent(record, MissingNode.getInstance());
        }
        return new BinaryEvent(record, parse(value));
    }

    private JsonNode parse(byte[] value) throws RejectException {
        // From text, not bytes: Jackson would guess other encodings and take malformed UTF-8.
        String text = Utf8.decode("the record", value);
        return json.read(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    }
}
