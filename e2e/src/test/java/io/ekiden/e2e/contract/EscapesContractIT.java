package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// No way of writing a definition lets an option of `docker run` through that opens the container:
/// what one route refuses, all do.
final class EscapesContractIT extends ContractTest {
    private static final String CONTAINER =
            "'container': {'type': 'DOCKER', 'docker': {'image': 'busybox', 'parameters': [%s]}}";

    private record Write(String method, String path, String body) {}

    /// Every route that takes definitions.
    ///
    /// @param there an app that exists
    private List<Write> writes(String there, String container) {
        var app = "{'id': '%s', 'instances': 0, " + container + "}";
        var absent = fresh();
        var group = fresh();
        var oneOfMany = "[" + app.formatted(there) + "]";
        var inGroup = "{'id': '%s', 'apps': [" + app.formatted("a") + "]}";
        return List.of(
                new Write("POST", "/v2/apps", app.formatted(absent)),
                new Write("PUT", "/v2/apps" + absent, app.formatted(absent)),
                new Write("PUT", "/v2/apps" + there, "{" + container + "}"),
                new Write("PUT", "/v2/apps" + there + "?partialUpdate=false", app.formatted(there)),
                new Write("PATCH", "/v2/apps" + there, "{" + container + "}"),
                new Write("PUT", "/v2/apps?force=true", oneOfMany),
                new Write("PATCH", "/v2/apps", oneOfMany),
                new Write("POST", "/v2/groups", inGroup.formatted(group)),
                new Write("PUT", "/v2/groups" + group, inGroup.formatted(group)),
                new Write("POST", "/v2/groups" + group, inGroup.formatted("below")),
                new Write("PUT", "/v2/groups" + group + "?dryRun=true", inGroup.formatted(group)),
                new Write(
                        "PUT",
                        "/v2/groups" + group + "?force=true",
                        "{'groups': [" + inGroup.formatted("below") + "]}"));
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "privileged | true",
                "volume | /:/h",
                "mount | type=bind,src=/,dst=/h",
                "device | /dev/vda",
                "cap-add | SYS_ADMIN",
                "security-opt | seccomp=unconfined",
                "pid | host",
                "userns | host",
                "cgroup-parent | /",
                "volumes-from | another",
                "ipc | host",
                "uts | host",
                "network | container:another",
                "sysctl | kernel.msgmax=1",
                "PRIVILEGED | true",
                "--privileged | true",
                "Cap-Add | SYS_ADMIN",
                "v | /:/h",
                "net | host",
                "tmpfs | /proc",
                "label | io.ekiden.task=another",
            })
    void isRefusedOnEveryRoute(String key, String value) {
        var there = app();
        var before = appOf(there);
        var parameter = "{'key': '%s', 'value': '%s'}".formatted(key, value);

        for (var write : writes(there, CONTAINER.formatted(parameter))) {
            var reply = api.send(write.method(), write.path(), Api.json(write.body()));

            assertThat(reply.status()).as("%s", write).isEqualTo(422);
            assertThat(reply.text()).as("%s", write).contains("/parameters(0)/");
        }
        assertThat(appOf(there)).isEqualTo(before);
    }

    /// So that the refusals are not the container's.
    @Test
    void aHarmlessParameterIsTakenOnEveryRoute() {
        var parameter = "{'key': 'hostname', 'value': 'web'}";

        for (var write : writes(app(), CONTAINER.formatted(parameter))) {
            assertThat(api.send(write.method(), write.path(), Api.json(write.body())).status())
                    .as("%s", write)
                    .isIn(200, 201);
        }
    }
}
