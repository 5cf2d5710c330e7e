package io.tallymark.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.runtime.metrics.ReporterSetupBuilder;
import org.apache.flink.runtime.metrics.filter.DefaultReporterFilters;
import org.junit.jupiter.api.Test;

/** Flink's reporter listens on every interface, so nobody gets it who did not ask for it. */
class ReporterTest {
    @Test
    void committedConfigurationOpensNoPort() {
        assertThat(reporters(committed())).isZero();
    }

    @Test
    void oneWordSwitchesItOn() {
        Configuration settings = committed();
        settings.set(MetricOptions.REPORTERS_LIST, "prometheus");
        settings.setString("metrics.reporter.prometheus.port", "0");

        assertThat(reporters(settings)).isEqualTo(1);
    }

    private static Configuration committed() {
        return GlobalConfiguration.loadConfiguration("flink-conf");
    }

    private static int reporters(Configuration settings) {
        var setups = ReporterSetupBuilder.METRIC_SETUP_BUILDER.fromConfiguration(
                settings, DefaultReporterFilters::metricsFromConfiguration, null);
        setups.forEach(setup -> setup.getReporter().close());
        return setups.size();
    }
}
