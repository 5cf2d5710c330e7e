package io.tallymark.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DashboardTest {
    @Test
    void everyPanelHasATitleAUnitAndAQuery() throws IOException {
        List<Dashboard.Panel> panels = Dashboard.read();

        assertThat(panels).hasSizeGreaterThan(20);
        assertThat(panels).extracting(Dashboard.Panel::id).doesNotHaveDuplicates();
        assertThat(panels).extracting(Dashboard.Panel::title).doesNotHaveDuplicates();
        assertThat(panels).allSatisfy(panel -> {
            assertThat(panel.title()).isNotBlank();
            assertThat(panel.unit()).isNotBlank();
            assertThat(panel.expressions()).isNotEmpty().noneMatch(String::isBlank);
        });
    }
}
