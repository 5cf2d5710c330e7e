package io.tallymark.config;

/** The two pipelines of a job; either can run as a job of its own. */
public enum Pipeline {
    METERING("metering"),
    REPORTING("reporting");

    private final String configName;

    Pipeline(String configName) {
        this.configName = configName;
    }

    public String configName() {
        return configName;
    }
}
