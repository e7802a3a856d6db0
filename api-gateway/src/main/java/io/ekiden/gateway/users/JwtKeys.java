package io.ekiden.gateway.users;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.users.JwtKey.Algorithm;
import io.ekiden.json.JsonText;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads the public keys of an issuer: a JWK set (RFC 7517) or `PUBLIC KEY`s in PEM. RSA keys are
/// for RS256, those on P-256 for ES256, Ed25519 ones for EdDSA; a set's other keys are passed over.
final class JwtKeys {
    private static final long MAX_BYTES = 1 << 20;
    private static final int MIN_RSA_BITS = 2048;
    private static final int ED25519_BYTES = 32;

    /// Of every Ed25519 key in X.509; the key follows.
    private static final byte[] ED25519_PREFIX =
            HexFormat.of().parseHex("302a300506032b6570032100");

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");

    private JwtKeys() {}

    /// The file cannot be used; the message is for the operator.
    static final class Unusable extends IOException {
        private static final long serialVersionUID = 1;

        Unusable(Path file, String why) {
            super("key file %s is not used: %s".formatted(file, why));
        }
    }

    /// @return at least one
    static List<JwtKey> read(Path file) throws Unusable {
        try {
            var keys = parse(file, bytes(file));
            if (keys.isEmpty()) {
                throw new Unusable(file, "it has no RSA, P-256 or Ed25519 key to verify with");
            }
            return keys;
        } catch (Unusable e) {
            throw e;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Unusable(file, e.toString());
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        if (FileRights.everybodyMayWrite(file)) {
            throw new Unusable(file, "everybody can write to it; chmod 644 it");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new Unusable(file, "it is larger than %d bytes".formatted(MAX_BYTES));
        }
        return Files.readAllBytes(file);
    }

    private static List<JwtKey> parse(Path file, byte[] bytes)
            throws Unusable, GeneralSecurityException {
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (text.contains("PRIVATE KEY")) {
            throw new Unusable(file, "it has a private key, which belongs to the issuer alone");
        }
        return text.contains("-----BEGIN ") ? pem(file, text) : set(file, bytes);
    }

    private static List<JwtKey> pem(Path file, String text)
            throws Unusable, GeneralSecurityException {
        var keys = new ArrayList<JwtKey>();
        var blocks = PEM.matcher(text);
        while (blocks.find()) {
            var encoded = new X509EncodedKeySpec(Base64.getMimeDecoder().decode(blocks.group(1)));
            keys.add(key(file, Optional.empty(), publicKey(encoded)));
        }
        return keys;
    }

    private static PublicKey publicKey(X509EncodedKeySpec encoded) throws GeneralSecurityException {
        for (var kind : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(encoded);
            } catch (InvalidKeySpecException _) {
                // Then it is of another kind.
            }
        }
        throw new InvalidKeySpecException("a key is neither RSA, EC nor Ed25519");
    }

    private static JwtKey key(Path file, Optional<String> id, PublicKey key)
            throws Unusable, GeneralSecurityException {
        return switch (key) {
            case RSAPublicKey rsa -> {
                if (rsa.getModulus().bitLength() < MIN_RSA_BITS) {
                    throw new Unusable(file, "an RSA key is shorter than 2048 bits");
                }
                yield new JwtKey(id, Algorithm.RS256, rsa);
            }
            case ECPublicKey ec -> {
                if (!ec.getParams().getCurve().equals(p256().getCurve())) {
                    throw new Unusable(file, "an EC key is not on P-256");
                }
                yield new JwtKey(id, Algorithm.ES256, ec);
            }
            default -> new JwtKey(id, Algorithm.EDDSA, key);
        };
    }

    private static ECParameterSpec p256() throws GeneralSecurityException {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return parameters.getParameterSpec(ECParameterSpec.class);
    }

    private static List<JwtKey> set(Path file, byte[] bytes)
            throws Unusable, GeneralSecurityException {
        if (!(JsonText.parse(bytes) instanceof JsonText.Tree(var json))
                || !json.path("keys").isArray()) {
            throw new Unusable(file, "it is neither a JWK set nor PEM");
        }
        var keys = new ArrayList<JwtKey>();
        for (var jwk : json.path("keys")) {
            if (jwk.has("d")) {
                throw new Unusable(file, "it has a private key, which belongs to the issuer alone");
            }
            var key = publicKey(jwk);
            if (key.isPresent()) {
                keys.add(key(file, Optional.ofNullable(jwk.path("kid").textValue()), key.get()));
            }
        }
        return keys;
    }

    /// Empty for a key that is for something else.
    private static Optional<PublicKey> publicKey(JsonNode jwk) throws GeneralSecurityException {
        boolean signs = jwk.path("use").asText("sig").equals("sig");
        var kind = jwk.path("kty").asText() + jwk.path("crv").asText();
        if (signs && kind.equals("RSA") && isFor(jwk, Algorithm.RS256)) {
            var spec = new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e"));
            return Optional.of(KeyFactory.getInstance("RSA").generatePublic(spec));
        }
        if (signs && kind.equals("ECP-256") && isFor(jwk, Algorithm.ES256)) {
            var point = new ECPoint(number(jwk, "x"), number(jwk, "y"));
            var spec = new ECPublicKeySpec(point, p256());
            return Optional.of(KeyFactory.getInstance("EC").generatePublic(spec));
        }
        if (signs && kind.equals("OKPEd25519") && isFor(jwk, Algorithm.EDDSA)) {
            var encoded = new X509EncodedKeySpec(ed25519(decoded(jwk, "x")));
            return Optional.of(KeyFactory.getInstance("Ed25519").generatePublic(encoded));
        }
        return Optional.empty();
    }

    private static boolean isFor(JsonNode jwk, Algorithm algorithm) {
        return !jwk.has("alg") || algorithm.isNamed(jwk.path("alg"));
    }

    private static byte[] ed25519(byte[] key) throws InvalidKeySpecException {
        if (key.length != ED25519_BYTES) {
            throw new InvalidKeySpecException("an Ed25519 key has 32 bytes");
        }
        var encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + key.length);
        System.arraycopy(key, 0, encoded, ED25519_PREFIX.length, key.length);
        return encoded;
    }

    private static BigInteger number(JsonNode jwk, String name) {
        return new BigInteger(1, decoded(jwk, name));
    }

    private static byte[] decoded(JsonNode jwk, String name) {
        return Base64.getUrlDecoder().decode(jwk.path(name).asText());
    }
}
