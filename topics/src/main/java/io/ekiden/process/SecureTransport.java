package io.ekiden.process;

import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/// What of TLS every listener speaks: 1.2 and 1.3, with ciphers that keep what was said secret even
/// when the key is stolen later.
public final class SecureTransport {
    public static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

    private static final String AEAD = "TLS_(AES|CHACHA20)_.*|TLS_ECDHE_.*_(GCM_.*|CHACHA20_.*)";

    private SecureTransport() {}

    /// The cipher suites, in the order in which the JDK prefers them.
    public static List<String> ciphers() {
        try {
            return Arrays.stream(
                            SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites())
                    .filter(name -> name.matches(AEAD))
                    .toList();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }
}
