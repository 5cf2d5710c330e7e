package io.tallymark.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.Delivery;
import io.tallymark.simulator.call.Faults;
import io.tallymark.simulator.call.Handler;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.RequestDecoder;
import io.tallymark.simulator.call.RequestLog;
import java.io.IOException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between HTTP and the handlers: decodes a call, answers it, writes it to the log and hands the reply to the delivery. */
public final class Door implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);

    private static final Faults NO_FAULTS = new Faults();

    private final Handler handler;
    private final Admin admin;
    private final InstantSource clock;
    private final RequestLog log;
    private final Faults faults;
    private final Delivery delivery;
    private final Ids requestIds = new Ids("req_");

    Door(Handler handler, Admin admin, InstantSource clock, RequestLog log, Faults faults, Delivery delivery) {
        this.handler = handler;
        this.admin = admin;
        this.clock = clock;
        this.log = log;
        this.faults = faults;
        this.delivery = delivery;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (Admin.owns(exchange.getRequestURI().getPath())) {
            handleAdmin(exchange);
            return;
        }
        ApiRequest request = RequestDecoder.head(exchange, requestIds.next(), faults);
        try {
            request = request.withParams(RequestDecoder.params(exchange));
            end(exchange, request, answer(handler, request));
        } catch (Refusal refusal) {
            end(exchange, request, refusal.toReply());
        }
    }

    private void handleAdmin(HttpExchange exchange) throws IOException {
        ApiRequest request = RequestDecoder.head(exchange, "req_admin", NO_FAULTS);
        try {
            ApiRequest decoded = request.withParams(RequestDecoder.params(exchange));
            delivery.deliver(exchange, decoded, answer(admin::answer, decoded));
        } catch (Refusal refusal) {
            delivery.deliver(exchange, request, refusal.toReply());
        }
    }

    private static ApiReply answer(Handler handler, ApiRequest request) {
        try {
            return handler.answer(request);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.method(), request.path(), e);
            return Refusal.brokenSimulator().toReply();
        }
    }

    private void end(HttpExchange exchange, ApiRequest request, ApiReply reply) {
        delivery.later(faults.latency(), exchange, () -> {
            request.end().run();
            // Logged before it is written: who has the reply in hand finds it in the log.
            log.add(LoggedRequest.of(request, reply, clock.instant()));
            delivery.deliver(exchange, request, reply);
        });
    }
}
