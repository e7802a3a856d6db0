package io.ekiden.secrets;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/// The key of one reader: anybody seals with its public half, and only its owner opens. It is made
/// when its owner starts and is written down nowhere.
///
/// X25519 with a key of the sender's that is used once, HKDF-SHA256 over what both agree on and
/// both public keys, AES-256-GCM.
public final class SealingKey {
    private static final String AGREEMENT = "X25519";
    private static final byte[] PURPOSE = {'e', 'k', 'i', 'd', 'e', 'n', '-', 's', 'e', 'a', 'l'};

    private final KeyPair pair;

    private SealingKey(KeyPair pair) {
        this.pair = pair;
    }

    public static SealingKey random() {
        return new SealingKey(pair());
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance(AGREEMENT).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// For everybody to see.
    public String publicText() {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    /// @param context opens only with the same
    /// @return empty when that text is no public key
    public static Optional<byte[]> seal(String publicText, byte[] context, byte[] clear) {
        try {
            var once = pair();
            var bytes = Base64.getDecoder().decode(publicText);
            var reader = publicKey(bytes);
            var own = once.getPublic().getEncoded();
            var sealed = AesGcm.seal(agreed(once.getPrivate(), reader, own, bytes), context, clear);
            var out = new ByteArrayOutputStream();
            out.write(own.length);
            out.writeBytes(own);
            out.writeBytes(sealed);
            return Optional.of(out.toByteArray());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Empty when it was not sealed for this key with this context.
    public Optional<byte[]> open(byte[] context, byte[] sealed) {
        int end = sealed.length == 0 ? 0 : 1 + Byte.toUnsignedInt(sealed[0]);
        if (end == 0 || sealed.length < end) {
            return Optional.empty();
        }
        try {
            var sender = Arrays.copyOfRange(sealed, 1, end);
            var key =
                    agreed(
                            pair.getPrivate(),
                            publicKey(sender),
                            sender,
                            pair.getPublic().getEncoded());
            return AesGcm.open(key, context, Arrays.copyOfRange(sealed, end, sealed.length));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        return KeyFactory.getInstance(AGREEMENT).generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static SecretKey agreed(PrivateKey mine, PublicKey theirs, byte[] sender, byte[] reader)
            throws GeneralSecurityException {
        var agreement = KeyAgreement.getInstance(AGREEMENT);
        agreement.init(mine);
        agreement.doPhase(theirs, true);
        var info = new ByteArrayOutputStream();
        info.writeBytes(PURPOSE);
        info.writeBytes(sender);
        info.writeBytes(reader);
        var derived =
                KDF.getInstance("HKDF-SHA256")
                        .deriveData(
                                HKDFParameterSpec.ofExtract()
                                        .addIKM(agreement.generateSecret())
                                        .thenExpand(info.toByteArray(), AesGcm.KEY_BYTES));
        return AesGcm.key(derived);
    }
}
