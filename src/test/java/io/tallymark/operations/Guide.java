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

    /** A heading and the blocks below it, up to the next heading of any level. */
    record Section(String title, List<String> blocks) {
        Section {
            blocks = List.copyOf(blocks);
        }
    }

    /** All sections that have commands. */
    static List<Section> read(Path document) throws IOException {
        List<Section> sections = new ArrayList<>();
        String title = "";
        List<String> blocks = new ArrayList<>();
        boolean within = false;
        StringBuilder block = new StringBuilder();
        for (String line : Files.readAllLines(document)) {
            if (line.equals(FENCE)) {
                blocks.add(block.toString());
                within = false;
                block.setLength(0);
            } else if (line.startsWith(FENCE)) {
                within = true;
            } else if (within) {
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
