package io.ekiden.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerOptionTest {
    private static boolean accepts(String parameter) {
        var pair = parameter.split("=", 2);
        return DockerOption.of(pair[0]).filter(option -> option.accepts(pair[1])).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add-host=db:10.1.2.3",
                "add-host=db:fd00::1",
                "cap-drop=ALL",
                "dns=10.0.0.1",
                "env=A=",
                "hostname=web-1.shop",
                "label=a",
                "label=a=b=c",
                "shm-size=64m",
                "tmpfs=/run",
                "tmpfs=/run:rw,noexec,size=64m,mode=1777",
                "ulimit=nofile=-1",
                "ulimit=core=0:10",
                "user=1000:1000",
                "workdir=/srv/app"
            })
    void whatOpensNoWallIsAccepted(String parameter) {
        assertThat(accepts(parameter)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "volume=/:/h",
                "v=/:/h",
                "mount=type=bind",
                "device=/dev/vda",
                "cap-add=SYS_ADMIN",
                "security-opt=x",
                "pid=host",
                "net=host",
                "network=host",
                "privileged=true",
                "Hostname=x",
                "--hostname=x",
                "add_host=a:1.2.3.4",
                "label=io.ekiden.cluster=x",
                "workdir=/proc/self/fd/8",
                "workdir=/srv/../proc",
                "workdir=//proc",
                "workdir=relative",
                "tmpfs=/sys/x",
                "tmpfs=/run:bind",
                "hostname=a b",
                "user=root;id",
                "read-only=yes"
            })
    void whatOpensAWallOrHasAnotherFormIsNot(String parameter) {
        assertThat(accepts(parameter)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"ADD_HOST, add-host", "ENV, env", "READ_ONLY, read-only"})
    void theKeyIsDockersOwn(DockerOption option, String key) {
        assertThat(option.key()).isEqualTo(key);
        assertThat(DockerOption.of(key)).contains(option);
    }

    @Test
    void aValueIsNotLong() {
        assertThat(DockerOption.ENV.accepts("A=" + "b".repeat(4094))).isTrue();
        assertThat(DockerOption.ENV.accepts("A=" + "b".repeat(4095))).isFalse();
    }
}
