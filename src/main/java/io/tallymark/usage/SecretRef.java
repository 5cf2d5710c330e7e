package io.tallymark.usage;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a secret is found: an environment variable or a file. Only the reference travels in settings and job graphs; the value is
 * resolved where it is used.
 *
 * @param name what the secret is, for messages: {@code stripe.api-key}
 * @param kind environment variable, file, or none (an empty secret)
 * @param location the variable's name or the file's path
 */
public record SecretRef(String name, Kind kind, String location) implements Serializable {
    /** Where a secret may stand. */
    public enum Kind {
        ENVIRONMENT,
        FILE,
        NONE
    }

    public static SecretRef environment(String name, String variable) {
        return new SecretRef(name, Kind.ENVIRONMENT, variable);
    }

    public static SecretRef file(String name, Path file) {
        return new SecretRef(name, Kind.FILE, file.toString());
    }

    public static SecretRef none(String name) {
        return new SecretRef(name, Kind.NONE, "");
    }

    /**
     * Reads the secret.
     *
     * @throws UserError when the variable is unset or the file cannot be read or is empty
     */
    public Secret resolve() {
        return switch (kind) {
            case NONE -> new Secret("");
            case ENVIRONMENT -> fromEnvironment();
            case FILE -> fromFile();
        };
    }

    private Secret fromEnvironment() {
        String value = System.getenv(location);
        if (value == null || value.isBlank()) {
            throw new UserError(
                    name + ": the environment variable " + location + " is not set",
                    "export " + location + " or set " + name + "-file");
        }
        return new Secret(value.strip());
    }

    private Secret fromFile() {
        try {
            String value = Files.readString(Path.of(location)).strip();
            if (value.isEmpty()) {
                throw new UserError(name + "-file: " + location + " is empty", "write the secret into it");
            }
            return new Secret(value);
        } catch (IOException e) {
            throw new UserError(
                    name + "-file: cannot read " + location,
                    "name a readable file that holds nothing but the secret",
                    e);
        }
    }
}
