package io.tallymark.simulator.call;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the endpoint of a call by method and path; a {@code {}} in a path stands for one id. 404 and 405 in Stripe's shape. */
public final class Routes implements Handler {
    private final List<Route> routes = new ArrayList<>();
    private final Map<String, CallEndpoint> fixed = new HashMap<>();

    /** An endpoint whose path holds an id; {@code id} is empty when it holds none. */
    @FunctionalInterface
    public interface Endpoint {
        ApiReply answer(String id, Params params);
    }

    /** An endpoint that needs more of a call than its parameters. */
    @FunctionalInterface
    public interface CallEndpoint {
        ApiReply answer(String id, ApiRequest request);
    }

    public Routes add(String method, String path, Endpoint endpoint) {
        return addCall(method, path, (id, request) -> endpoint.answer(id, request.params()));
    }

    public Routes addCall(String method, String path, CallEndpoint endpoint) {
        routes.add(new Route(method, Pattern.compile(path.replace("{}", "([^/]+)")), endpoint));
        if (!path.contains("{}")) {
            fixed.put(method + " " + path, endpoint);
        }
        return this;
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        CallEndpoint endpoint = fixed.get(request.method() + " " + request.path());
        return endpoint == null ? search(request) : endpoint.answer("", request);
    }

    private ApiReply search(ApiRequest request) {
        boolean pathKnown = false;
        for (Route route : routes) {
            Matcher path = route.path().matcher(request.path());
            if (path.matches()) {
                pathKnown = true;
                if (route.method().equals(request.method())) {
                    return route.endpoint().answer(path.groupCount() == 0 ? "" : path.group(1), request);
                }
            }
        }
        throw pathKnown ? Refusal.wrongMethod(request) : Refusal.unknownUrl(request);
    }

    private record Route(String method, Pattern path, CallEndpoint endpoint) {}
}
