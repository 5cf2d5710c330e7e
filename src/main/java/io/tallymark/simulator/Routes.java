package io.tallymark.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the endpoint of a call by method and path; a {@code {}} in a path stands for one id. 404 and 405 in Stripe's shape. */
final class Routes implements Handler {
    private final List<Route> routes = new ArrayList<>();

    /** An endpoint whose path holds an id; {@code id} is empty when it holds none. */
    @FunctionalInterface
    interface Endpoint {
        ApiReply answer(String id, Params params);
    }

    Routes add(String method, String path, Endpoint endpoint) {
        routes.add(new Route(method, Pattern.compile(path.replace("{}", "([^/]+)")), endpoint));
        return this;
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        boolean pathKnown = false;
        for (Route route : routes) {
            Matcher path = route.path().matcher(request.path());
            if (path.matches()) {
                pathKnown = true;
                if (route.method().equals(request.method())) {
                    return route.endpoint().answer(path.groupCount() == 0 ? "" : path.group(1), request.params());
                }
            }
        }
        throw pathKnown ? Refusal.wrongMethod(request) : Refusal.unknownUrl(request);
    }

    private record Route(String method, Pattern path, Endpoint endpoint) {}
}
