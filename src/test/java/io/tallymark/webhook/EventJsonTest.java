package io.tallymark.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
    private static final String WHOLE = "{'id':'evt_1','object':'event','type':'invoice.created','created':1795341600,"
            + "'livemode':false,'data':{'object':{'id':'in_1','object':'invoice'}}}";

    @Test
    void anEventNamesItsObject() {
        assertThat(read(WHOLE))
                .hasValueSatisfying(event -> assertThat(event)
                        .returns("evt_1", WebhookEvent::id)
                        .returns("invoice", WebhookEvent::objectType)
                        .returns("in_1", WebhookEvent::objectId));
    }

    @Test
    void anObjectWithoutIdIsAnEventToo() {
        assertThat(read(WHOLE.replace("'id':'in_1',", "")))
                .hasValueSatisfying(event -> assertThat(event.objectId()).isEmpty());
    }

    @Test
    void aTypeOfApiV2MayHoldBrackets() {
        assertThat(read(WHOLE.replace("invoice.created", "v2.core.account[requirements].updated")))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "'evt_1'",
                "{}",
                "{'object':'event'}",
                "{'id':'evt_1','object':'v2.core.event','type':'a.b','created':'yesterday','livemode':false}",
                "{'id':'evt_1','object':'v2.core.event','type':'a.b','created':1795341600,'livemode':false}"
            })
    void whatIsNoEventIsUnreadable(String text) {
        assertThat(read(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'id':'evt_1','object':'event' -> 'id':'in_1','object':'event'",
                "'evt_1' -> 'evt_1\\nforged log line'",
                "'evt_1' -> 1",
                "'invoice.created' -> ''",
                "'invoice.created' -> 'a b'",
                "'invoice.created' -> 'a\\u0000'",
                "1795341600 -> -1",
                "1795341600 -> 99999999999999999",
                "1795341600 -> '2026'",
                "'livemode':false -> 'livemode':'false'",
                "'livemode':false, -> ",
                "{'object':{'id':'in_1','object':'invoice'}} -> {'object':'in_1'}",
                "'in_1' -> 'in 1'",
                "}}} -> }}} {}"
            })
    void anEventThatLacksSomethingIsUnreadable(String change) {
        String[] fromTo = change.split(" -> ", -1);
        String changed = WHOLE.replace(fromTo[0], fromTo[1]);

        assertThat(changed).isNotEqualTo(WHOLE);
        assertThat(read(changed)).isEmpty();
    }

    @Test
    void deepNestingIsRefusedAndNotFollowed() {
        assertThat(read("[".repeat(100_000))).isEmpty();
    }

    private static Optional<WebhookEvent> read(String text) {
        return EventJson.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
