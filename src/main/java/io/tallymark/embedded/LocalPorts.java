package io.tallymark.embedded;

import io.tallymark.usage.UserError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the parts of a {@link LocalStack} listen. */
public record LocalPorts(ListenPort kafka, ListenPort postgres, ListenPort stripe, ListenPort web) {
    /**
     * @throws UserError when two parts are given the same port
     */
    public LocalPorts {
        Map<Integer, String> flagByPort = new HashMap<>();
        for (ListenPort port : List.of(kafka, postgres, stripe, web)) {
            String other = port.flag().isEmpty() ? null : flagByPort.put(port.number(), port.flag());
            if (other != null) {
                throw new UserError(
                        other + " and " + port.flag() + " are both " + port.number(), "give each part its own port");
            }
        }
    }

    public static LocalPorts free() {
        return new LocalPorts(ListenPort.free(), ListenPort.free(), ListenPort.free(), ListenPort.free());
    }
}
