package io.tallymark.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class PlotTest {
    @TempDir
    private Path directory;

    @Test
    void everySeriesIsALineInsideThePicture() throws Exception {
        SoakPlan plan = SoakPlan.of(1, 30, 100, Instant.parse("2026-11-27T12:00:00Z"));
        Recording recording = new Recording(directory.resolve("readings.csv"));
        for (Point point : TrendTest.readings(minute -> 1_000 + 10 * minute)) {
            for (Series series : Series.ALL) {
                recording.add(series, point.minute(), point.value());
            }
            recording.add(Series.rows("usage_hourly"), point.minute(), 100_000 * point.minute());
        }

        Document plot = parsed(Plot.svg(plan, recording));
        NodeList lines = plot.getElementsByTagName("polyline");

        // Ten alone; rows and bytes of three tables each.
        assertThat(lines.getLength()).isEqualTo(16);
        for (int number = 0; number < lines.getLength(); number++) {
            String places =
                    lines.item(number).getAttributes().getNamedItem("points").getNodeValue();
            assertThat(numbers(places)).allMatch(place -> place >= 0 && place <= Panel.WIDTH);
        }
    }

    @Test
    void anAxisReachesTheLargestValueInFewRoundSteps() {
        for (double most : new double[] {0.7, 1, 3, 99, 100, 101, 2_018, 61_000, 1_440_000}) {
            Axis axis = Axis.to(most);

            assertThat(axis.end()).as("of %s", most).isGreaterThanOrEqualTo(most);
            assertThat(axis.end()).as("of %s", most).isLessThan(most * 1.6);
            assertThat(axis.steps()).as("of %s", most).isBetween(2, 5);
        }
        assertThat(Axis.to(61_000).marks().stream().map(Axis.to(61_000)::text))
                .containsExactly("0", "20k", "40k", "60k", "80k");
        assertThat(Axis.to(1_440_000).text(500_000)).isEqualTo("0.5M");
        assertThat(Axis.to(0).end()).isPositive();
    }

    private static List<Double> numbers(String places) {
        return DoubleStream.of(List.of(places.split("[ ,]")).stream()
                        .filter(text -> !text.isEmpty())
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .boxed()
                .toList();
    }

    private static Document parsed(String svg) throws Exception {
        assertThat(svg.toLowerCase(Locale.ROOT)).doesNotContain("nan", "infinity");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
