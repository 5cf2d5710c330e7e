package io.tallymark.simulator.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** A snapshot event: what an object was at that moment. */
public record AccountEvent(String id, String type, ObjectNode object, Instant at) {}
