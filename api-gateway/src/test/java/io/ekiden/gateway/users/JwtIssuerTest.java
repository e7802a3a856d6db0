package io.ekiden.gateway.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtIssuerTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final long NOW = NOON.getEpochSecond();

    /// Where `CLAIMS` are changed by a test.
    private static final String CLAIMS =
            "{'iss':'https://id/','aud':'ekiden','sub':'ann','exp':%d,'ekiden':['viewer:/']}"
                    .formatted(NOW + 60);

    private static KeyPair rsa;
    private static KeyPair ec;
    private static KeyPair ed;

    @TempDir private Path folder;

    @BeforeAll
    static void keys() throws GeneralSecurityException {
        rsa = pair("RSA");
        ed = pair("Ed25519");
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        ec = generator.generateKeyPair();
    }

    private static KeyPair pair(String kind) throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(kind).generateKeyPair();
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String encoded(String json) {
        return encoded(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String signed(String header, String claims, KeyPair pair)
            throws GeneralSecurityException {
        var java =
                switch (pair.getPublic().getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSAinP1363Format";
                    default -> "Ed25519";
                };
        var text = encoded(header) + "." + encoded(claims);
        var signer = Signature.getInstance(java);
        signer.initSign(pair.getPrivate());
        signer.update(text.getBytes(StandardCharsets.UTF_8));
        return text + "." + encoded(signer.sign());
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static String jwk(String id, KeyPair pair) {
        var fields =
                switch (pair.getPublic()) {
                    case RSAPublicKey key ->
                            "'kty':'RSA','alg':'RS256','use':'sig','n':'%s','e':'AQAB'"
                                    .formatted(encoded(key.getModulus().toByteArray()));
                    case ECPublicKey key ->
                            "'kty':'EC','crv':'P-256','x':'%s','y':'%s'"
                                    .formatted(
                                            encoded(key.getW().getAffineX().toByteArray()),
                                            encoded(key.getW().getAffineY().toByteArray()));
                    default -> {
                        var all = pair.getPublic().getEncoded();
                        var key = Arrays.copyOfRange(all, all.length - 32, all.length);
                        yield "'kty':'OKP','crv':'Ed25519','x':'%s'".formatted(encoded(key));
                    }
                };
        return "{'kid':'%s',%s}".formatted(id, fields);
    }

    private static String set(String... keys) {
        return "{'keys':[%s]}".formatted(String.join(",", keys)).replace('\'', '"');
    }

    private JwtSettings settings(String keys) throws IOException {
        var file = Files.writeString(folder.resolve("keys"), keys);
        return new JwtSettings(file, "https://id/", "ekiden", JwtSettings.CLAIM);
    }

    private Optional<Caller> find(String keys, String token) throws IOException {
        return JwtIssuer.of(settings(keys)).find(token, NOON);
    }

    private boolean knows(String claims) throws IOException, GeneralSecurityException {
        return find(pem(ed), signed("{'alg':'EdDSA'}", claims, ed)).isPresent();
    }

    private List<Grant> grants(String list) throws IOException, GeneralSecurityException {
        var claims = CLAIMS.replace("['viewer:/']", list);
        return find(pem(ed), signed("{'alg':'EdDSA'}", claims, ed)).orElseThrow().grants();
    }

    @Test
    void eachKindOfKeyVerifiesItsAlgorithmFromEitherKindOfFile()
            throws IOException, GeneralSecurityException {
        var jwks = set(jwk("r", rsa), jwk("e", ec), jwk("d", ed));
        var pems = pem(rsa) + pem(ec) + pem(ed);

        for (var keys : List.of(jwks, pems)) {
            assertThat(find(keys, signed("{'alg':'RS256','kid':'r'}", CLAIMS, rsa))).isPresent();
            assertThat(find(keys, signed("{'alg':'ES256','kid':'e'}", CLAIMS, ec))).isPresent();
            assertThat(find(keys, signed("{'alg':'EdDSA','typ':'JWT'}", CLAIMS, ed))).isPresent();
        }
        assertThat(find(jwks, signed("{'alg':'RS256','kid':'e'}", CLAIMS, rsa))).isEmpty();
        assertThat(find(pems, signed("{'alg':'RS256'}", CLAIMS, pair("RSA")))).isEmpty();
    }

    @Test
    void aTokenIsAUserWithGrants() throws IOException, GeneralSecurityException {
        var found = find(pem(rsa), signed("{'alg':'RS256'}", CLAIMS, rsa));

        var viewer = new Grant(Role.VIEWER, PathId.ROOT, Set.of());
        assertThat(found).contains(new Caller("ann", List.of(viewer)));
    }

    /// RFC 8725: what a token says of its algorithm is the attacker's.
    @Test
    void aTokenDoesNotChooseHowItIsVerified() throws IOException, GeneralSecurityException {
        var keys = pem(rsa);
        var hmac = encoded("{'alg':'HS256'}") + "." + encoded(CLAIMS);
        for (var secret :
                List.of(
                        keys.getBytes(StandardCharsets.UTF_8),
                        keys.strip().getBytes(StandardCharsets.UTF_8),
                        rsa.getPublic().getEncoded())) {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            var signature = mac.doFinal(hmac.getBytes(StandardCharsets.UTF_8));
            assertThat(find(keys, hmac + "." + encoded(signature))).isEmpty();
        }
        for (var alg : List.of("none", "None", "NONE", "", "RS512", "ES256", "EdDSA", "rs256")) {
            var header = "{'alg':'" + alg + "'}";
            assertThat(find(keys, encoded(header) + "." + encoded(CLAIMS) + ".")).isEmpty();
            assertThat(find(keys, signed(header, CLAIMS, rsa))).isEmpty();
        }
    }

    /// A signature of zeros once was good for every text (CVE-2022-21449).
    @Test
    void nothingIsNoSignature() throws IOException, GeneralSecurityException {
        var text = encoded("{'alg':'ES256'}") + "." + encoded(CLAIMS) + ".";

        for (int length : new int[] {0, 1, 63, 64, 65}) {
            assertThat(find(pem(ec), text + encoded(new byte[length]))).isEmpty();
        }
    }

    @Test
    void whatWasSignedIsWhatIsRead() throws IOException, GeneralSecurityException {
        var parts = signed("{'alg':'EdDSA'}", CLAIMS, ed).split("\\.", -1);
        var more = encoded(CLAIMS.replace("viewer", "admin"));

        assertThat(find(pem(ed), String.join(".", parts))).isPresent();
        assertThat(find(pem(ed), parts[0] + "." + more + "." + parts[2])).isEmpty();
        assertThat(find(pem(ed), String.join(".", parts) + ".x")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 31, true",
        "0, -29, true",
        "0, -31, false",
        "29, 60, true",
        "31, 60, false",
    })
    void itIsValidForItsTimeAndALittleMore(long from, long until, boolean valid)
            throws IOException, GeneralSecurityException {
        var claims =
                CLAIMS.replace(
                        "'exp':" + (NOW + 60),
                        "'nbf':%d,'exp':%d".formatted(NOW + from, NOW + until));

        assertThat(knows(claims)).isEqualTo(valid);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'iss':'https://id/'|'iss':'https://other/'",
                "'iss':'https://id/'|'iss':['https://id/']",
                "'iss':'https://id/',|",
                "'aud':'ekiden'|'aud':'other'",
                "'aud':'ekiden'|'aud':['other']",
                "'aud':'ekiden'|'aud':{'a':'other'}",
                "'aud':'ekiden',|",
                "'sub':'ann',|",
                "'sub':'ann'|'sub':''",
                "'sub':'ann'|'sub':7",
                "'sub':'ann'|'sub':'system:planner'",
                "'sub':'ann'|'sub':'anonymous'",
                "'sub':'ann'|'sub':'a b'",
                "'exp':|'then':",
                "'exp':|'exp':'soon','then':",
                "'exp':|'exp':1e30,'then':",
                "'exp':|'nbf':'soon','exp':",
                "'sub':'ann'|'sub':'ann','sub':'bob'",
            })
    void whatIsNotForUsOrSaysNothingIsNobodys(String part, String instead)
            throws IOException, GeneralSecurityException {
        assertThat(knows(CLAIMS)).isTrue();
        assertThat(knows(CLAIMS.replace(part, instead == null ? "" : instead))).isFalse();
    }

    @Test
    void weMayBeOneOfManyAudiences() throws IOException, GeneralSecurityException {
        assertThat(knows(CLAIMS.replace("'ekiden','sub'", "['x','ekiden'],'sub'"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'alg':'EdDSA','crit':['exp']}",
                "{'alg':'EdDSA','typ':'dpop+jwt'}",
                "{'alg':['EdDSA']}",
                "{}",
                "[]",
                "x"
            })
    void aHeaderThatIsNotUnderstoodIsRefused(String header)
            throws IOException, GeneralSecurityException {
        assertThat(find(pem(ed), signed(header, CLAIMS, ed))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b.c", "ekt_x", "\u00e4.\u00e4.\u00e4"})
    void whatIsNoTokenIsNobodys(String token) throws IOException {
        assertThat(find(pem(ed), token)).isEmpty();
    }

    @Test
    void grantsAreTextsAndTheRestIsPassedOver() throws IOException, GeneralSecurityException {
        var deployer =
                new Grant(Role.DEPLOYER, PathId.of("/team-a"), Set.of(Capability.HOST_NETWORK));
        var viewer = new Grant(Role.VIEWER, PathId.ROOT, Set.of());

        assertThat(
                        grants(
                                "['offline_access','deployer:/team-a:host-network','viewer:/',7,"
                                        + "'root:/','admin:team','admin:/a b','admin:/:fly',null]"))
                .containsExactly(deployer, viewer);
        assertThat(grants("'openid viewer:/'")).containsExactly(viewer);
        assertThat(grants("{}")).isEmpty();
    }

    @Test
    void grantsMayStandDeeper() throws IOException, GeneralSecurityException {
        var settings =
                new JwtSettings(
                        settings(pem(ed)).keys(), "https://id/", "ekiden", "/realm_access/roles");
        var claims = CLAIMS.replace("'ekiden':[", "'realm_access':{'roles':[").replace("]}", "]}}");

        var found = JwtIssuer.of(settings).find(signed("{'alg':'EdDSA'}", claims, ed), NOON);

        assertThat(found.orElseThrow().grants()).hasSize(1);
    }

    @Test
    void aFileThatMakesNoSenseIsNotUsed() throws IOException, GeneralSecurityException {
        var small = KeyPairGenerator.getInstance("RSA");
        small.initialize(1024);
        var other = KeyPairGenerator.getInstance("EC");
        other.initialize(new ECGenParameterSpec("secp384r1"));

        for (var keys :
                List.of(
                        "",
                        "{}",
                        set(),
                        set("{'kty':'oct','k':'AAAA'}"),
                        set("{'kty':'OKP','crv':'Ed25519','x':'AAAA'}"),
                        set("{'kty':'OKP','crv':'Ed25519','x':'AAAA','d':'AAAA'}"),
                        set(jwk("r", rsa).replace("'sig'", "'enc'")),
                        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                        "-----BEGIN PRIVATE KEY-----\n",
                        pem(small.generateKeyPair()),
                        pem(other.generateKeyPair()))) {
            assertThatThrownBy(() -> settings(keys).requireUsable())
                    .as(keys)
                    .isInstanceOf(JwtKeys.Unusable.class);
        }
        var open = settings(pem(ed)).keys();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThatThrownBy(() -> JwtKeys.read(open)).hasMessageContaining("everybody");
    }

    @Test
    void keysChangeWhileTheyAreUsed() throws IOException, GeneralSecurityException {
        var users =
                Users.of(
                        Optional.empty(),
                        Optional.of(settings(pem(ed))),
                        Optional.empty(),
                        InstantSource.fixed(NOON));
        var token = "Bearer " + signed("{'alg':'EdDSA'}", CLAIMS, ed);

        assertThat(users.areAsked()).isTrue();
        assertThat(users.find(null)).isEmpty();
        assertThat(users.find(token)).isPresent();
        settings("slip");
        users.reload();
        assertThat(users.find(token)).isPresent();
        settings(pem(rsa));
        users.reload();
        assertThat(users.find(token)).isEmpty();
    }

    @Test
    void inBasicItsUserIsTheOneThatIsNamed() throws IOException, GeneralSecurityException {
        var users =
                Users.of(
                        Optional.empty(),
                        Optional.of(settings(pem(ed))),
                        Optional.empty(),
                        InstantSource.fixed(NOON));
        var token = signed("{'alg':'EdDSA'}", CLAIMS, ed);

        assertThat(users.find(basic("ann:" + token))).isPresent();
        assertThat(users.find(basic("bob:" + token))).isEmpty();
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
