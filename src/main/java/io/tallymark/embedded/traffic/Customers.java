package io.tallymark.embedded.traffic;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The customers; one is hot, and some have names that break careless quoting. */
final class Customers {
    private static final List<String> AWKWARD =
            List.of("Müller & Söhne", "o'neil \"the\" {first}", "顧客-042", "a,b;c\\d e");

    private final List<String> ids;
    private final int hotPerThousand;

    Customers(String prefix, int count, int hotPerThousand) {
        this.ids = ids(prefix, count);
        this.hotPerThousand = hotPerThousand;
    }

    static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(index -> prefix + id(index)).toList();
    }

    String draw(RandomGenerator random) {
        boolean hot = random.nextInt(TrafficMix.WHOLE) < hotPerThousand;
        return hot ? ids.get(0) : ids.get(random.nextInt(ids.size()));
    }

    private static String id(int index) {
        return index > 0 && index <= AWKWARD.size() ? AWKWARD.get(index - 1) : String.format("customer-%03d", index);
    }
}
