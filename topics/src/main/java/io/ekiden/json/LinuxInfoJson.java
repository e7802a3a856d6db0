package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Container;
import io.ekiden.model.LinuxInfo;
import java.util.List;
import java.util.Optional;

/// `linuxInfo` of a Docker container.
final class LinuxInfoJson {
    private LinuxInfoJson() {}

    static Optional<LinuxInfo> read(Fields container, Container.Type type) {
        var given = container.object("linuxInfo").filter(info -> info.size() > 0);
        if (given.isPresent() && type == Container.Type.MESOS) {
            container.rule("linuxInfo", UnsupportedFields.NOT_SUPPORTED);
        }
        return given.map(info ->
                        new LinuxInfo(
                                info.object("seccomp").flatMap(LinuxInfoJson::unconfined),
                                info.object("ipcInfo").map(LinuxInfoJson::ipc)))
                .filter(info -> info.unconfined().isPresent() || info.ipc().isPresent());
    }

    private static Optional<Boolean> unconfined(Fields seccomp) {
        if (seccomp.has("profileName")) {
            seccomp.rule("profileName", UnsupportedFields.NOT_SUPPORTED);
        }
        return seccomp.flag("unconfined");
    }

    private static LinuxInfo.Ipc ipc(Fields ipc) {
        var mode = ipc.literal("mode", List.of("PRIVATE", "SHARE_PARENT"));
        if (!ipc.has("mode")) {
            ipc.form("mode", "error.path.missing");
        }
        mode.filter("SHARE_PARENT"::equals)
                .ifPresent(_ -> ipc.rule("mode", UnsupportedFields.NOT_SUPPORTED));
        return new LinuxInfo.Ipc(ipc.integer("shmSize", 1, Limits.MAX_SHM));
    }

    static ObjectNode write(LinuxInfo info) {
        var json = JsonNodeFactory.instance.objectNode();
        info.unconfined()
                .ifPresent(unconfined -> json.putObject("seccomp").put("unconfined", unconfined));
        info.ipc()
                .ifPresent(ipc -> {
                    var written = json.putObject("ipcInfo").put("mode", "PRIVATE");
                    ipc.shmSize().ifPresent(mib -> written.put("shmSize", mib));
                });
        return json;
    }
}
