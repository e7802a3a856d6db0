package io.ekiden.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.Entity;
import io.ekiden.model.Given;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.Sorted;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DefinitionsTest {
    private final ClusterImage image = new ClusterImage();

    private static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    /// What is kept up to date is what a look at every definition would find.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void portsAndDependenciesFollowTheDefinitions(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            var entity = random.nextInt(4) == 0 ? group(random) : app(random);
            var _ = random.nextInt(3) == 0 ? image.remove(entity.key()) : image.put(entity);
        }

        var named = new BitSet();
        int dependent = 0;
        for (var spec : image.runSpecs()) {
            spec.ports().forEach(port -> named.set(port.port(), port.port() != 0));
            dependent += spec.dependencies().isEmpty() ? 0 : 1;
        }
        for (var group : image.groups()) {
            dependent += group.dependencies().isEmpty() ? 0 : 1;
        }
        var definitions = image.definitions();
        assertThat(definitions.specs().values()).containsExactlyElementsOf(image.runSpecs());
        assertThat(definitions.groups().values()).containsExactlyElementsOf(image.groups());
        assertThat(definitions.dependent()).isEqualTo(dependent);
        assertThat(definitions.servicePorts()).isEqualTo(named);
        IntStream.range(1, 6)
                .forEach(port ->
                        assertThat(definitions.named(port))
                                .isEqualTo(
                                        image.runSpecs().stream()
                                                .flatMap(spec -> spec.ports().stream())
                                                .filter(definition -> definition.port() == port)
                                                .count()));
    }

    @Test
    void belowAGroupIsNeitherItselfNorItsNamesakes() {
        Stream.of("/a", "/a-b/x", "/a.b/x", "/a0/x", "/a/x", "/a/b/x", "/b/x")
                .map(PathId::of)
                .map(id -> Given.app(id.value()))
                .forEach(image::put);
        var specs = image.definitions().specs();

        assertThat(Definitions.below(specs, PathId.of("/a")).keySet())
                .containsExactly(PathId.of("/a/b/x"), PathId.of("/a/x"));
        assertThat(Definitions.below(specs, PathId.ROOT)).hasSize(7);
        assertThat(Definitions.below(specs, PathId.of("/a/x"))).isEmpty();
    }

    private static Entity app(Random random) {
        var app = Given.app("/app" + random.nextInt(6));
        var ports =
                IntStream.range(0, random.nextInt(3))
                        .mapToObj(_ -> app.portDefinitions().getFirst().withPort(random.nextInt(6)))
                        .toList();
        return app.withPortDefinitions(ports);
    }

    private static Group group(Random random) {
        var dependencies =
                random.nextBoolean() ? List.<PathId>of() : List.of(PathId.of("/elsewhere"));
        return Group.empty(PathId.of("/group" + random.nextInt(3)), Given.NOON)
                .withDependencies(Sorted.copyOf(dependencies));
    }
}
