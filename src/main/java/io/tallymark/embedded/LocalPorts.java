package io.tallymark.embedded;

/** Where the parts of a {@link LocalStack} listen. */
public record LocalPorts(ListenPort kafka, ListenPort postgres, ListenPort stripe, ListenPort web) {
    public static LocalPorts free() {
        return new LocalPorts(ListenPort.free(), ListenPort.free(), ListenPort.free(), ListenPort.free());
    }
}
