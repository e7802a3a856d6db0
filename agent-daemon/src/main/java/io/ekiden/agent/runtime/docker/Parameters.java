package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ulimit;
import io.ekiden.model.Container.Parameter;
import io.ekiden.model.DockerOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The parameters of a definition, as the engine wants them. They are looked at here again, though
/// the gateway has done so: whoever can write to Kafka is not to own the machine.
record Parameters(List<Parameter> all) {
    Parameters {
        all = List.copyOf(all);
    }

    Optional<String> problem() {
        return all.stream()
                .filter(one -> !allowed(one))
                .findFirst()
                .map(one -> "the parameter '%s' is not allowed".formatted(one.key()));
    }

    private static boolean allowed(Parameter one) {
        var option = DockerOption.of(one.key()).filter(known -> known.accepts(one.value()));
        return option.isPresent()
                && (option.get() != DockerOption.CAP_DROP
                        || capability(one.value()).findAny().isPresent());
    }

    List<String> values(DockerOption option) {
        return all.stream()
                .filter(one -> one.key().equals(option.key()))
                .map(Parameter::value)
                .toList();
    }

    private Optional<String> last(DockerOption option) {
        var values = values(option);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    private Optional<Boolean> flag(DockerOption option) {
        return last(option).map(Boolean::valueOf);
    }

    /// `key=value`, or `key` alone.
    Map<String, String> pairs(DockerOption option) {
        return pairs(option, "=");
    }

    private Map<String, String> pairs(DockerOption option, String separator) {
        var pairs = new TreeMap<String, String>();
        values(option)
                .forEach(text -> {
                    var parts = text.split(separator, 2);
                    pairs.put(parts[0], parts.length > 1 ? parts[1] : "");
                });
        return pairs;
    }

    Optional<Boolean> init() {
        return flag(DockerOption.INIT);
    }

    void apply(CreateContainerCmd command) {
        last(DockerOption.HOSTNAME).ifPresent(command::withHostName);
        last(DockerOption.USER).ifPresent(command::withUser);
        last(DockerOption.WORKDIR).ifPresent(command::withWorkingDir);
    }

    void apply(HostConfig config) {
        some(DockerOption.ADD_HOST)
                .ifPresent(hosts -> config.withExtraHosts(hosts.toArray(String[]::new)));
        some(DockerOption.CAP_DROP)
                .map(names -> names.stream().flatMap(Parameters::capability))
                .ifPresent(dropped -> config.withCapDrop(dropped.toArray(Capability[]::new)));
        some(DockerOption.DNS).ifPresent(config::withDns);
        some(DockerOption.DNS_OPTION).ifPresent(config::withDnsOptions);
        some(DockerOption.DNS_SEARCH).ifPresent(config::withDnsSearch);
        flag(DockerOption.READ_ONLY).ifPresent(config::withReadonlyRootfs);
        last(DockerOption.SHM_SIZE).map(Parameters::bytes).ifPresent(config::withShmSize);
        some(DockerOption.TMPFS).ifPresent(_ -> config.withTmpFs(pairs(DockerOption.TMPFS, ":")));
        some(DockerOption.ULIMIT)
                .map(texts -> texts.stream().map(Parameters::ulimit).toList())
                .ifPresent(config::withUlimits);
    }

    private Optional<List<String>> some(DockerOption option) {
        return Optional.of(values(option)).filter(values -> !values.isEmpty());
    }

    private static Stream<Capability> capability(String name) {
        var plain = name.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "");
        return Arrays.stream(Capability.values()).filter(one -> one.name().equals(plain));
    }

    private static Ulimit ulimit(String text) {
        var name = text.split("=", 2);
        var bounds = Arrays.stream(name[1].split(":", 2)).map(Long::valueOf).toList();
        return new Ulimit(name[0], bounds.getFirst(), bounds.getLast());
    }

    private static long bytes(String text) {
        int unit = "bkmg".indexOf(text.toLowerCase(Locale.ROOT).charAt(text.length() - 1));
        return unit < 0
                ? Long.parseLong(text)
                : Long.parseLong(text.substring(0, text.length() - 1)) << (10 * unit);
    }
}
