package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;

/** Reads texts that Stripe shows to people. */
final class Texts {
    private Texts() {}

    static String required(ConfigSection section, String name, int longest) {
        return checked(section, name, section.requiredText(name), longest);
    }

    static String optional(ConfigSection section, String name, int longest) {
        return checked(section, name, section.text(name, ""), longest);
    }

    private static String checked(ConfigSection section, String name, String text, int longest) {
        int characters = text.codePointCount(0, text.length());
        if (characters > longest) {
            section.problems()
                    .add(section.key(name), "has " + characters + " characters, more than Stripe's " + longest);
        }
        if (text.codePoints().anyMatch(Texts::isUnprintable)) {
            section.problems().add(section.key(name), "has a control character");
        }
        return text;
    }

    private static boolean isUnprintable(int codePoint) {
        return (Character.isISOControl(codePoint) && codePoint != '\n')
                || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }
}
