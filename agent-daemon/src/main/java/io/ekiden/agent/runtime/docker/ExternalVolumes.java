package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Driver;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.VolumeOptions;
import io.ekiden.model.Sorted;
import io.ekiden.model.Volume;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The volumes of the engine's volume drivers. One that is not there yet is made before the
/// container that wants it; none is ever removed. A driver that hangs holds up the tasks that want
/// it, and nobody else.
final class ExternalVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalVolumes.class);

    /// The kind of plugins that `docker info` tells.
    private static final String KIND = "Volume";

    private final Engine engine;
    private final Patience patience;
    private final VolumeDrivers allowed;
    private final AtomicBoolean discovering = new AtomicBoolean();
    private volatile boolean saidSilent;
    private volatile SortedSet<String> drivers = Collections.emptySortedSet();

    ExternalVolumes(Engine engine, Patience patience, VolumeDrivers allowed) {
        this.engine = engine;
        this.patience = patience;
        this.allowed = allowed;
    }

    /// What the engine has and tasks may use, as far as is known.
    SortedSet<String> drivers() {
        return drivers;
    }

    /// Asks the engine for the drivers that it knows; `true` when they are others than before.
    boolean look() {
        if (engine.ask(patience.pong(), docker -> docker.infoCmd().exec())
                instanceof Answer.Done(var info)) {
            var before = drivers;
            drivers =
                    Sorted.copyOf(
                            plugins(info).getOrDefault(KIND, List.of()).stream()
                                    .filter(allowed::allow)
                                    .toList());
            return !drivers.equals(before);
        }
        return false;
    }

    private static Map<String, List<String>> plugins(Info info) {
        return info.getPlugins() == null ? Map.of() : info.getPlugins();
    }

    /// The engine looks for plugins only when it needs one, or when it lists all volumes: it is
    /// made to, so that a driver is known before anybody has used it.
    boolean discover() {
        if (!discovering.compareAndSet(false, true)) {
            return false;
        }
        try {
            var listed = engine.tell(patience.call(), docker -> docker.listVolumesCmd().exec());
            boolean silent = listed instanceof Answer.Silent;
            if (silent && !saidSilent) {
                LOG.warn("the engine's volumes cannot be listed: some volume driver hangs");
            }
            saidSilent = silent;
            return look();
        } finally {
            discovering.set(false);
        }
    }

    /// Sees to it that the volumes are there. The answer is that for the first that is not.
    ///
    /// @param progress told of each, since it can take minutes
    Answer<Boolean> make(List<Volume.External> volumes, Consumer<String> progress) {
        for (var volume : volumes) {
            progress.accept("prepares volume " + text(volume));
            var answer =
                    engine.tell(
                            patience.start(),
                            docker ->
                                    docker.createVolumeCmd()
                                            .withName(volume.name())
                                            .withDriver(volume.driver())
                                            .withDriverOpts(volume.driverOptions())
                                            .exec());
            switch (answer) {
                case Answer.Done<Boolean> _ -> {}
                case Answer.Refused(var status, var reason) -> {
                    return new Answer.Refused<>(
                            status, "volume %s: %s".formatted(text(volume), reason));
                }
                case Answer.Silent(var why) -> {
                    return new Answer.Silent<>(
                            "volume %s: the driver does not answer: %s"
                                    .formatted(text(volume), why));
                }
            }
        }
        return new Answer.Done<>(true);
    }

    static String text(Volume.External volume) {
        return "'%s' of driver '%s'".formatted(volume.name(), volume.driver());
    }

    static Mount mount(Volume.External volume, String target) {
        return new Mount()
                .withType(MountType.VOLUME)
                .withSource(volume.name())
                .withTarget(target)
                .withReadOnly(volume.mode() == Volume.Mode.RO)
                .withVolumeOptions(
                        new VolumeOptions()
                                .withDriverConfig(
                                        new Driver()
                                                .withName(volume.driver())
                                                .withOptions(volume.driverOptions())));
    }
}
