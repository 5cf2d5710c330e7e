package io.tallymark.embedded.traffic;

import io.tallymark.usage.Aggregation;

/** The meters that the traffic feeds; the same stand in the demo's tallymark.yaml. */
public enum TrafficMeter {
    API_REQUESTS("api_requests", Aggregation.COUNT),
    API_BYTES("api_bytes", Aggregation.SUM),
    LLM_TOKENS("llm_tokens", Aggregation.SUM),
    LLM_PEAK_CONTEXT("llm_peak_context", Aggregation.MAX),
    LLM_LAST_PRICE("llm_last_price", Aggregation.LAST);

    private final String metric;
    private final Aggregation aggregation;

    TrafficMeter(String metric, Aggregation aggregation) {
        this.metric = metric;
        this.aggregation = aggregation;
    }

    public String metric() {
        return metric;
    }

    public Aggregation aggregation() {
        return aggregation;
    }
}
