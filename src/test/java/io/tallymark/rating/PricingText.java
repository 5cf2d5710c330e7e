package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;

/** Pricings as tests write them: {@code unit 5}, {@code pack 8/60 up}, {@code graduated 1000:0+900;inf:3.6}, {@code volume …}. */
final class PricingText {
    private PricingText() {}

    static Pricing parse(String text) {
        String[] words = text.split(" ");
        return switch (words[0]) {
            case "unit" -> new PerUnit(new BigDecimal(words[1]));
            case "pack" -> packages(words[1].split("/"), words[2]);
            case "graduated" -> new Graduated(tiers(words[1]));
            case "volume" -> new Volume(tiers(words[1]));
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static Pricing packages(String[] amountAndSize, String round) {
        return new Packages(
                new BigDecimal(amountAndSize[0]),
                Long.parseLong(amountAndSize[1]),
                round.equals("up") ? Packages.Round.UP : Packages.Round.DOWN);
    }

    private static List<Tier> tiers(String text) {
        return Arrays.stream(text.split(";")).map(PricingText::tier).toList();
    }

    private static Tier tier(String text) {
        String[] endAndAmounts = text.split(":");
        String[] amounts = endAndAmounts[1].split("\\+");
        return new Tier(
                endAndAmounts[0].equals("inf") ? null : Long.valueOf(endAndAmounts[0]),
                new BigDecimal(amounts[0]),
                amounts.length == 1 ? null : new BigDecimal(amounts[1]));
    }
}
