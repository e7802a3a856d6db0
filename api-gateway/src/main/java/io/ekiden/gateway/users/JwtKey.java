package io.ekiden.gateway.users;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Optional;

/// A public key and the one algorithm that it is for. What a token says of its algorithm is
/// compared with that and chooses nothing: so it can be neither `none` nor an HMAC with the public
/// key as its secret (RFC 8725).
///
/// @param id `kid`, when the key has one
record JwtKey(Optional<String> id, Algorithm algorithm, PublicKey key) {
    /// As JOSE and as Java name them.
    enum Algorithm {
        RS256("RS256", "SHA256withRSA"),
        ES256("ES256", "SHA256withECDSAinP1363Format"),
        EDDSA("EdDSA", "Ed25519");

        private final String jose;
        private final String java;

        Algorithm(String jose, String java) {
            this.jose = jose;
            this.java = java;
        }

        /// @param alg as a token's header or a key has it
        boolean isNamed(JsonNode alg) {
            return jose.equals(alg.textValue());
        }
    }

    /// Whether a token with this header may have been signed with it.
    boolean fits(JsonNode header) {
        var wanted = header.path("kid");
        return algorithm.isNamed(header.path("alg"))
                && (wanted.isMissingNode()
                        || id.map(text -> text.equals(wanted.textValue())).orElse(true));
    }

    boolean verifies(byte[] signed, byte[] signature) {
        try {
            var verifier = Signature.getInstance(algorithm.java);
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false; // not even of a signature's form
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key was tried when it was read", e);
        }
    }
}
