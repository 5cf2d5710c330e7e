package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.catalog.Prices;
import io.tallymark.simulator.events.AccountEvents;
import io.tallymark.simulator.metering.LegacyItems;
import io.tallymark.simulator.metering.Meters;
import io.tallymark.simulator.metering.UsageLedger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A draft whose {@code invoice.created} nobody acknowledges. */
class InvoiceHoldTest {
    private static final Instant CREATED = Instant.parse("2026-12-01T00:00:00Z");

    private final Agenda agenda = new Agenda();
    private boolean acknowledged;
    private InvoiceBook book;
    private String draft;

    @BeforeEach
    void open() {
        InstantSource clock = InstantSource.fixed(CREATED);
        Meters meters = new Meters(clock);
        LegacyItems legacy = new LegacyItems(clock);
        MeteredUsage usage =
                new MeteredUsage(new Prices(clock, meters, legacy), meters, new UsageLedger(clock), legacy);
        book = new InvoiceBook(agenda, new AccountEvents(clock), usage, event -> {
            assertThat(event.type()).isEqualTo("invoice.created");
            return acknowledged;
        });
        Invoice.Head head = new Invoice.Head(
                "cus_1", "sub_1", "eur", Invoice.CYCLE, CREATED, CREATED, CREATED, SubscriptionTexts.NONE);
        draft = book.draft(head, List.of()).id();
    }

    @Test
    void isFinalizedOnceItIsAcknowledged() {
        passes(Duration.ofHours(5));
        assertThat(book.get(draft).isDraft()).isTrue();
        acknowledged = true;
        passes(Duration.ofHours(6));

        assertThat(book.get(draft).progress().finalizedAt()).isEqualTo(CREATED.plus(Duration.ofHours(6)));
    }

    @Test
    void isFinalizedAfterThreeDaysAtTheLatest() {
        passes(Duration.ofDays(3).minusSeconds(1));
        assertThat(book.get(draft).isDraft()).isTrue();
        passes(Duration.ofDays(90));

        assertThat(book.get(draft).progress().finalizedAt()).isEqualTo(CREATED.plus(Duration.ofDays(3)));
    }

    @Test
    void anAcknowledgedDraftIsFinalizedAfterItsHourAndNotBefore() {
        acknowledged = true;
        passes(Duration.ofMinutes(59));
        assertThat(book.get(draft).isDraft()).isTrue();
        passes(Duration.ofHours(4));

        assertThat(book.get(draft).progress().finalizedAt()).isEqualTo(CREATED.plus(Duration.ofHours(1)));
    }

    private void passes(Duration sinceCreation) {
        agenda.run(CREATED.plus(sinceCreation), at -> {});
    }
}
