package io.tallymark.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate of a server at 127.0.0.1 that signs itself, made by the JDK's keytool: as a key store, and as PEM.
 *
 * @param keyStore PKCS12 with key and certificate
 * @param pem the certificate, for who is to trust it
 * @param keyPem the key alone, readable by its owner only
 */
record Certificate(Path keyStore, Path pem, Path keyPem) {
    static final String PASSWORD = "key-store";

    private static final String ALIAS = "server";

    static Certificate make(Path directory, String name) throws Exception {
        Files.createDirectories(directory);
        Path keyStore = directory.resolve(name + ".p12");
        keytool(keyStore, name);
        KeyStore made = load(keyStore);
        Path pem = write(
                directory.resolve(name + ".pem"),
                "CERTIFICATE",
                made.getCertificate(ALIAS).getEncoded());
        Path key = write(
                directory.resolve(name + "-key.pem"),
                "PRIVATE KEY",
                made.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return new Certificate(keyStore, pem, key);
    }

    private static void keytool(Path keyStore, String name) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("keytool: " + said);
        }
    }

    private static KeyStore load(Path keyStore) throws GeneralSecurityException, IOException {
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            loaded.load(in, PASSWORD.toCharArray());
        }
        return loaded;
    }

    private static Path write(Path file, String what, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
    }
}
