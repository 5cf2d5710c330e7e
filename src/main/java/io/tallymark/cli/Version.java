package io.tallymark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the class path. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream resource = Version.class.getResourceAsStream("/tallymark-version.properties")) {
            if (resource == null) {
                throw new IOException("the class path has no tallymark-version.properties");
            }
            properties.load(resource);
        }
        return new String[] {"tallymark " + properties.getProperty("version")};
    }
}
