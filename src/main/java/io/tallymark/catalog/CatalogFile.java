package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;
import io.tallymark.config.YamlFile;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reads {@code catalog.yaml} and refuses what would lose money. Fills no variables in: a name like <code>${X}</code> comes from an export,
 * and is meant.
 */
public final class CatalogFile {
    static final String DEFAULT_NAME = "main";

    private static final String MANUAL = "docs/catalog.md";
    private static final int LONGEST_NAME = 100;

    private CatalogFile() {}

    /**
     * Reads and checks a file.
     *
     * @param meters of tallymark.yaml
     * @throws UserError naming every problem, each with its key and value
     */
    public static Catalog load(Path file, List<Meter> meters) {
        return fromText(file.toString(), YamlFile.read(file, "--catalog"), meters);
    }

    /**
     * As {@link #load}, from text.
     *
     * @param name what messages call it
     */
    public static Catalog fromText(String name, String yaml, List<Meter> meters) {
        return YamlFile.parse(name, yaml, MANUAL, UnaryOperator.identity(), root -> read(root, meters));
    }

    private static Catalog read(ConfigSection root, List<Meter> meters) {
        String name =
                root.has("catalog") ? new Keys(root.problems(), LONGEST_NAME).read(root, "catalog") : DEFAULT_NAME;
        List<CatalogProduct> products = new ProductReader(root.problems()).read(root);
        List<CatalogPrice> prices = new PriceReader(root.problems(), products, meters).read(root);
        List<Plan> plans = new PlanReader(root.problems(), prices).read(root);
        root.finish();
        return new Catalog(name, products, prices, plans);
    }
}
