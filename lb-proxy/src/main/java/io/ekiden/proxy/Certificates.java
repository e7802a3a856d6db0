package io.ekiden.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates of a directory: each `.pem` file has a chain and its private key, as HAProxy's
/// `crt` takes them. A file that cannot be used is a problem to be shown; what it was before, if it
/// was any good, is used further, and so is the last one when all are taken away.
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private static final Pattern CERTIFICATE = block("CERTIFICATE");
    private static final Pattern KEY = block("(?:RSA |EC )?PRIVATE KEY");

    private final Vertx vertx;
    private final Optional<Path> directory;
    private SortedMap<String, String> seen = new TreeMap<>();
    private volatile SortedMap<String, Tls.Pem> usable = new TreeMap<>();
    private volatile SortedMap<String, String> problems = new TreeMap<>();

    /// @param directory none for no certificates
    Certificates(Vertx vertx, Optional<Path> directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    private static Pattern block(String kind) {
        return Pattern.compile("-----BEGIN " + kind + "-----[^-]+-----END " + kind + "-----");
    }

    /// Reads the directory; true when what is used is no longer what it was. Blocks.
    synchronized boolean load() {
        SortedMap<String, String> found;
        try {
            found = read();
        } catch (IOException e) {
            problems = new TreeMap<>(Map.of("the directory", Texts.reason(e)));
            seen = new TreeMap<>();
            return false;
        }
        if (found.equals(seen)) {
            return false;
        }
        seen = found;
        var before = usable;
        var next = new TreeMap<String, Tls.Pem>();
        var failed = new TreeMap<String, String>();
        found.forEach((name, text) -> {
            try {
                next.put(name, pem(text));
            } catch (GeneralSecurityException e) {
                failed.put(name, Texts.reason(e));
                LOG.warn("certificate={} unusable reason={}", name, Texts.reason(e));
                Optional.ofNullable(before.get(name)).ifPresent(pem -> next.put(name, pem));
            }
        });
        problems = failed;
        if (next.isEmpty() || next.equals(before)) {
            return false;
        }
        usable = next;
        LOG.info("certificates={} in use", next.keySet());
        return true;
    }

    private SortedMap<String, String> read() throws IOException {
        var found = new TreeMap<String, String>();
        if (directory.isEmpty()) {
            return found;
        }
        try (var files = Files.newDirectoryStream(directory.get(), "*.pem")) {
            for (var file : files) {
                found.put(
                        file.getFileName().toString(),
                        Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return found;
    }

    private Tls.Pem pem(String text) throws GeneralSecurityException {
        var chain =
                CERTIFICATE
                        .matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .collect(Collectors.joining("\n"));
        var key = KEY.matcher(text);
        if (chain.isEmpty() || !key.find()) {
            throw new GeneralSecurityException("no certificate or no private key in it");
        }
        var pem = new Tls.Pem(Buffer.buffer(chain), Buffer.buffer(key.group()));
        checkThatTheyBelongTogether(pem);
        return pem;
    }

    private void checkThatTheyBelongTogether(Tls.Pem pem) throws GeneralSecurityException {
        try {
            var managers = pem.into(new PemKeyCertOptions()).getKeyManagerFactory(vertx);
            var manager = (X509KeyManager) managers.getKeyManagers()[0];
            for (var type : List.of("RSA", "EC", "EdDSA")) {
                var aliases = manager.getServerAliases(type, null);
                if (aliases != null) {
                    check(manager, aliases[0], type);
                    return;
                }
            }
        } catch (GeneralSecurityException e) {
            throw e;
        } catch (Exception e) {
            throw new GeneralSecurityException(Texts.reason(e), e);
        }
        throw new GeneralSecurityException("neither an RSA nor an EC key");
    }

    private static void check(X509KeyManager manager, String alias, String type)
            throws GeneralSecurityException {
        var algorithm =
                switch (type) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        var signature = Signature.getInstance(algorithm);
        signature.initSign(manager.getPrivateKey(alias));
        signature.update((byte) 1);
        var signed = signature.sign();
        signature.initVerify(manager.getCertificateChain(alias)[0]);
        signature.update((byte) 1);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }

    /// The files in use.
    Set<String> files() {
        return usable.keySet();
    }

    /// By file, or for the directory itself.
    SortedMap<String, String> problems() {
        return problems;
    }

    /// All of them: a client gets the one for the name it asks for, or else the first by file name.
    Optional<Tls> all() {
        var pems = List.copyOf(usable.values());
        return pems.isEmpty() ? Optional.empty() : Optional.of(new Tls(pems));
    }

    /// The one of a file.
    ///
    /// @param file of which the name alone counts: no label reaches out of the directory
    Optional<Tls> one(String file) {
        var name = file.substring(file.lastIndexOf('/') + 1);
        return Optional.ofNullable(usable.get(name)).map(pem -> new Tls(List.of(pem)));
    }
}
