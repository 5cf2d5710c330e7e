package io.tallymark.bench;

/** The ways to get the totals of a closed hour into the table that are compared. */
enum WritePath {
    SINK("Tallymark's sink"),
    ONE_STATEMENT("one statement"),
    SINGLE_ROWS("single-row upserts");

    private final String title;

    WritePath(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
