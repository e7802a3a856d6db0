package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.proxy.PortLabels.Mode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PortLabelsTest {
    private static PortLabels labels(Map<String, String> labels) {
        return PortLabels.of(Given.endpoint("/a", 1, 1000, 10_000, labels));
    }

    private static PortLabels label(String name, String value) {
        return labels(Map.of("HAPROXY_0_" + name, value));
    }

    @Test
    void withoutLabelsAPortIsRoutedByItsServicePortAsHttp() {
        var labels = labels(Map.of());

        assertThat(labels.servicePorts()).containsExactly(10_000);
        assertThat(labels.enabled()).isTrue();
        assertThat(labels.hosts()).isEmpty();
        assertThat(labels.handling().mode()).isEqualTo(Mode.HTTP);
        assertThat(labels.handling().balance()).isEqualTo(Balance.ROUNDROBIN);
        assertThat(labels.faults()).isEmpty();
        assertThat(labels.remarks()).isEmpty();
    }

    @Test
    void labelsOfAnotherPortAreNotItsOwn() {
        assertThat(labels(Map.of("HAPROXY_1_MODE", "tcp", "HAPROXY_1_PORT", "x")))
                .isEqualTo(labels(Map.of()));
    }

    @Test
    void aPortWithAPathGoesBeforeOneWithout() {
        var path = Map.of("HAPROXY_0_VHOST", "a.test", "HAPROXY_0_PATH", "-i /x /y");

        assertThat(label("VHOST", "a.test").precedence()).isZero();
        assertThat(labels(path).precedence()).isEqualTo(1);
        assertThat(labels(path).paths())
                .containsExactly(new PathPrefix("/x", true), new PathPrefix("/y", true));
        assertThat(label("BACKEND_WEIGHT", "-7").precedence()).isEqualTo(-7);
    }

    @ParameterizedTest
    @CsvSource({
        "'',*,true",
        "'',a,false",
        "a,*,true",
        "a,a,true",
        "a,b,false",
        "'b , a',a,true",
    })
    void itIsForLoadBalancersOfItsGroups(String groups, String ofProxy, boolean routed) {
        assertThat(labels(Map.of("HAPROXY_GROUP", groups)).isFor(Set.of(ofProxy)))
                .isEqualTo(routed);
    }

    @Test
    void thePortsOwnGroupWinsOverTheApps() {
        var labels = labels(Map.of("HAPROXY_GROUP", "internal", "HAPROXY_0_GROUP", "external"));

        assertThat(labels.isFor(Set.of("external"))).isTrue();
        assertThat(labels.isFor(Set.of("internal"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "T", "yes", "Y"})
    void marathonLbsWordsForYes(String word) {
        assertThat(label("STICKY", word).handling().http().sticky()).isTrue();
    }

    @Test
    void anyOtherWordIsNoAndWhatIsNoWordForNoIsShown() {
        assertThat(label("ENABLED", "false").enabled()).isFalse();
        assertThat(label("ENABLED", "false").remarks()).isEmpty();
        assertThat(label("ENABLED", "1").enabled()).isFalse();
        assertThat(label("ENABLED", "1").remarks())
                .containsExactly(
                        "HAPROXY_0_ENABLED: '1' is neither true nor false; it is taken as false");
    }

    @ParameterizedTest
    @CsvSource({
        "MODE,udp",
        "PORT,http",
        "PORT,0",
        "PORT,65536",
        "PATH,shop",
        "PATH,-m beg /shop",
        "PATH,/a?b",
        "BACKEND_WEIGHT,heavy",
        "BALANCE,hdr(host)",
        "BIND_ADDR,localhost",
        "BACKEND_NETWORK_ALLOWED_ACL,10.0.0.0/33",
        "BACKEND_NETWORK_ALLOWED_ACL,somewhere",
        "HTTP_BACKEND_REVPROXY_PATH,http://evil.test/",
        "HTTP_BACKEND_REDIR,//evil.test",
        "AUTH,realm:user",
        "AUTH,realm:user:password",
        "AUTH,realm:user:$2y$10$abcdefghijklmnopqrstuv",
        "AUTH,realm:user:$6$rounds=99999999$salt$hash",
        "AUTH,re\"alm:user:$6$salt$hash",
        "BACKEND_HEAD,balance first",
        "BIND_OPTIONS,accept-proxy",
        "HTTPS_FRONTEND_ACL_WITH_PATH,acl x",
        "MAP_HTTP_FRONTEND_APPID_ACL,acl x",
        "HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH,acl x",
    })
    void whatMakesNoSenseIsAFaultThatNamesItsLabel(String name, String value) {
        assertThat(label(name, value).faults())
                .singleElement()
                .asString()
                .startsWith("HAPROXY_0_" + name + ": ")
                .doesNotContain("password", "salt");
    }

    @Test
    void aPasswordCannotBeAskedForInTcpMode() {
        var labels =
                labels(
                        Map.of(
                                "HAPROXY_0_MODE", "tcp",
                                "HAPROXY_0_AUTH", "r:u:$6$salt$hash",
                                "HAPROXY_0_STICKY", "true"));

        assertThat(labels.faults())
                .containsExactly("HAPROXY_0_AUTH: cannot be asked for in tcp mode");
        assertThat(labels.remarks()).containsExactly("HAPROXY_0_STICKY: has no effect in tcp mode");
    }

    @Test
    void networksContainAddressesOfTheirOwnKind() {
        var networks =
                label("BACKEND_NETWORK_ALLOWED_ACL", "10.1.0.0/16 192.168.7.9 2001:db8::/33")
                        .handling()
                        .allowed()
                        .orElseThrow();

        assertThat(List.of("10.1.255.1", "192.168.7.9", "2001:db8:7fff::1"))
                .allMatch(networks::contain);
        assertThat(List.of("10.2.0.1", "192.168.7.8", "2001:db8:8000::1", "::1"))
                .noneMatch(networks::contain);
    }

    @Test
    void aNameThatIsNoneIsShownAndTheOthersAreTaken() {
        var labels = label("VHOST", "A.test, b@d,b.test");

        assertThat(labels.hosts()).containsExactly("a.test", "b.test");
        assertThat(labels.remarks()).containsExactly("HAPROXY_0_VHOST: 'b@d' is not a host name");
        assertThat(labels.faults()).isEmpty();
    }
}
