package io.tallymark.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands of a document, under the headings at which they stand. */
final class Guide {
    private static final String FENCE = "```";

    private Guide() {}

    /**
     * Some commands.
     *
     * @param language {@code sh} for those that work as they stand, {@code console} for those of somebody else's programs
     */
    record Block(String language, String text) {
        boolean worksAsItStands() {
            return language.equals("sh");
        }
    }

    /** A heading and the blocks below it, up to the next heading of any level. */
    record Section(String title, List<Block> blocks) {
        Section {
            blocks = List.copyOf(blocks);
        }
    }

    /** All sections that have commands. */
    static List<Section> read(Path document) throws IOException {
        List<Section> sections = new ArrayList<>();
        String title = "";
        List<Block> blocks = new ArrayList<>();
        String language = "";
        StringBuilder block = new StringBuilder();
        for (String line : Files.readAllLines(document)) {
            if (line.equals(FENCE)) {
                blocks.add(new Block(language, block.toString()));
                language = "";
                block.setLength(0);
            } else if (line.startsWith(FENCE)) {
                language = line.substring(FENCE.length());
            } else if (!language.isEmpty()) {
                block.append(line).append('\n');
            } else if (line.startsWith("#")) {
                sections.add(new Section(title, blocks));
                title = line.replaceFirst("#+ ", "");
                blocks = new ArrayList<>();
            }
        }
        sections.add(new Section(title, blocks));
        return sections.stream().filter(section -> !section.blocks().isEmpty()).toList();
    }
}
