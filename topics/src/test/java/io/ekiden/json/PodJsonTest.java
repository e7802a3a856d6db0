package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PodJsonTest {
    private static final PathId WEB = PathId.of("/web");
    private static final int PODS_OF_A_SEED = 20;

    /// `-Dsim.seed=N` replays one failure.
    static LongStream seeds() {
        var one = Long.getLong("sim.seed");
        return one == null ? LongStream.range(0, 10) : LongStream.of(one);
    }

    @Test
    void aPodIsPrintedAsMarathonPrintsIt() {
        var pod =
                Json.value(
                        PodJson.read(
                                WEB,
                                Json.object(
                                        """
                                        {'id': '/web', 'role': '*', 'containers': [{'name': 'c1',
                                        'exec': {'command': {'shell': 'sleep 1'}},
                                        'resources': {'cpus': 0.1, 'mem': 32}, 'endpoints': [{'name': 'http'}],
                                        'healthCheck': {'http': {'endpoint': 'http'}},
                                        'volumeMounts': [{'name': 'v', 'mountPath': 'shared'}]}],
                                        'volumes': [{'name': 'v'}]}
                                        """)));

        assertThat(PodJson.write(pod).toString())
                .isEqualTo(
                        """
                        {"id":"/web","labels":{},"version":"1970-01-01T00:00:00.000Z","environment":{},
                        "containers":[{"name":"c1","exec":{"command":{"shell":"sleep 1"}},
                        "resources":{"cpus":0.1,"mem":32,"disk":0,"gpus":0},
                        "endpoints":[{"name":"http","hostPort":0,"protocol":["tcp"],"labels":{}}],
                        "environment":{},
                        "healthCheck":{"http":{"endpoint":"http","scheme":"HTTP"},"gracePeriodSeconds":300,
                        "intervalSeconds":60,"maxConsecutiveFailures":3,"timeoutSeconds":20,"delaySeconds":15},
                        "volumeMounts":[{"name":"v","mountPath":"shared","readOnly":false}],
                        "artifacts":[],"labels":{}}],
                        "volumes":[{"name":"v"}],"networks":[{"mode":"host"}],
                        "scaling":{"kind":"fixed","instances":1},
                        "scheduling":{"backoff":{"backoff":1,"backoffFactor":1.15,"maxLaunchDelay":300},
                        "upgrade":{"minimumHealthCapacity":1,"maximumOverCapacity":1},
                        "placement":{"constraints":[]},"killSelection":"YOUNGEST_FIRST",
                        "unreachableStrategy":{"inactiveAfterSeconds":0,"expungeAfterSeconds":0}},
                        "executorResources":{"cpus":0.1,"mem":32,"disk":10},"role":"*"}
                        """
                                .replace("\n", ""));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsWrittenReadsAsItWas(long seed) throws Codec.Unreadable {
        var pods = new RandomPod(seed);
        for (int i = 0; i < PODS_OF_A_SEED; i++) {
            var pod = pods.next();
            var json = (ObjectNode) Json.tree(PodJson.write(pod).toString());

            assertThat(Json.value(PodJson.read(pod.id(), json))).isEqualTo(pod);
            assertThat(PodJson.formProblems(json)).isEmpty();
            var fact = new Fact.RunSpecPut(pod);
            assertThat(Codec.decode(Fact.class, Codec.encode(Fact.class, fact))).isEqualTo(fact);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noJsonWhatsoeverThrows(long seed) {
        var json = new RandomJson(seed);
        var pods = new RandomPod(seed);
        for (int i = 0; i < 10 * PODS_OF_A_SEED; i++) {
            var definition = json.damaged(PodJson.write(pods.next()));
            var read = PodJson.read(WEB, definition);
            assertThat(PodJson.formProblems(definition))
                    .isEqualTo(Json.problems(read).stream().filter(Problem::ofForm).toList());
            if (read instanceof Parsed.Ok<Pod>(var ok)) {
                assertThat(Json.value(PodJson.read(WEB, PodJson.write(ok)))).isEqualTo(ok);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # in the pod, or in its container (c)               | problem
                    {'secrets': {'a': {'source': 'x/../y'}}}            | !/secrets/a/source must be names of letters, digits, '.', '_' and '-', separated by '/'
                    {'networks': [{'mode': 'container', 'name': 'n'}]}  | !/networks containers without an image are on the host's network
                    {'scaling': {'instances': 2}}                       | /scaling/kind error.path.missing
                    {'scaling': {'kind': 'fixed', 'instances': -1}}     | /scaling/instances error.min
                    {'environment': {'1': 'x'}}                         | /environment error.pattern
                    {'environment': {'A': {'secret': 'x'}}}             | !/environment/A/secret references an undefined secret
                    {'volumes': [{'name': 'v'}]}                        | !/volumes each volume must be mounted by a container
                    {'containers': []}                                  | /containers error.minLength
                    {'executorResources': {'cpus': 0}}                  | /executorResources/cpus error.min
                    {'scheduling': {'placement': {'constraints': [{'operator': 'UNIQUE'}]}}} | /scheduling/placement/constraints(0)/fieldName error.path.missing
                    {'scheduling': {'upgrade': {'minimumHealthCapacity': 2}}} | /scheduling/upgrade/minimumHealthCapacity error.max
                    {'c': {'name': '_app'}}                             | /containers(0)/name error.pattern
                    {'c': {'image': {'kind': 'APPC', 'id': 'x'}}}       | !/containers(0)/image/kind is not supported by this version of Ekiden
                    {'c': {'image': {'kind': 'DOCKER'}}}                | /containers(0)/image/id error.path.missing
                    {'c': {'image': {'kind': 'DOCKER', 'id': 'x', 'pullConfig': {'secret': 's'}}}} | !/containers(0)/image/pullConfig/secret references an undefined secret
                    {'networks': [{'mode': 'container/bridge'}]}        | !/networks containers without an image are on the host's network
                    {'c': {'exec': {'command': {'shell': 'x'}, 'overrideEntrypoint': true}}} | !/containers(0)/exec/overrideEntrypoint needs an image that has one
                    {'c': {'image': {'kind': 'DOCKER', 'id': 'x'}, 'volumeMounts': [{'name': 'v', 'mountPath': '/a/../b'}]}, 'volumes': [{'name': 'v'}]} | !/containers(0)/volumeMounts(0)/mountPath must be a path without empty parts, '.' and '..'
                    {'c': {'image': {'kind': 'DOCKER', 'id': 'x'}, 'endpoints': [{'name': 'a', 'containerPort': 80}, {'name': 'b', 'containerPort': 80}]}, 'networks': [{'mode': 'container/bridge'}]} | !/containers container ports are unique
                    {'c': {'exec': null}}                               | !/containers(0)/exec must be given for a container without an image
                    {'c': {'resources': null}}                          | /containers(0)/resources error.path.missing
                    {'c': {'endpoints': [{'name': 'a'}, {'name': 'a'}]}} | !/containers endpoint names are unique
                    {'c': {'endpoints': [{'name': 'a', 'containerPort': 80}]}} | !/containers(0)/endpoints(0)/containerPort is not allowed when using host-mode networking
                    {'c': {'endpoints': [{'name': 'a', 'protocol': ['sctp']}]}} | /containers(0)/endpoints(0)/protocol error.unknown.enum.literal
                    {'c': {'healthCheck': {'http': {'endpoint': 'b'}}}} | !/containers(0)/healthCheck/http/endpoint must name an endpoint of the container
                    {'c': {'healthCheck': {'intervalSeconds': 5}}}      | !/containers(0)/healthCheck must have exactly one of 'http', 'tcp' and 'exec'; !/containers(0)/healthCheck/timeoutSeconds must be less than intervalSeconds
                    {'c': {'check': {}}}                                | !/containers(0)/check must have exactly one of 'http', 'tcp' and 'exec'
                    {'c': {'check': {'tcp': {}}}}                       | /containers(0)/check/tcp/endpoint error.path.missing
                    {'c': {'check': {'tcp': {'endpoint': 'b'}}}}        | !/containers(0)/check/tcp/endpoint must name an endpoint of the container
                    {'c': {'check': {'exec': {'command': {'shell': 'x'}}, 'timeoutSeconds': 60}}} | !/containers(0)/check/timeoutSeconds must be less than intervalSeconds
                    {'c': {'volumeMounts': [{'name': 'v', 'mountPath': 'x'}]}} | !/containers(0)/volumeMounts(0)/name there is no volume 'v'
                    {'c': {'volumeMounts': [{'name': 'v', 'mountPath': '../x'}]}, 'volumes': [{'name': 'v'}]} | !/containers(0)/volumeMounts(0)/mountPath must be a path without empty parts, '.' and '..'
                    {'c': {'artifacts': [{'uri': 'x'}]}}                | !/containers(0)/artifacts(0)/uri must be a URI of http, https or file
                    """,
            quoteCharacter = '"')
    void whatIsWrongIsSaid(String change, String problem) {
        var pod =
                Json.object(
                        "{'id': '/web', 'containers': [{'name': 'c', 'exec': {'command':"
                                + " {'argv': ['true']}}, 'resources': {'cpus': 1, 'mem': 32}}]}");
        var changes = Json.object(change);
        var ofContainer = changes.remove("c");
        if (ofContainer != null) {
            ((ObjectNode) pod.get("containers").get(0)).setAll((ObjectNode) ofContainer);
        }
        pod.setAll(changes);

        assertThat(String.join("; ", Json.lines(Json.problems(PodJson.read(WEB, pod)))))
                .isEqualTo(problem);
    }

    @Test
    void allContainersHaveImagesOrNone() {
        var pod =
                """
                {'containers': [
                  {'name': 'a', 'image': {'kind': 'DOCKER', 'id': 'x'}, 'resources': {}},
                  {'name': 'b', 'exec': {'command': {'shell': 'x'}}, 'resources': {}}]}
                """;

        assertThat(Json.lines(Json.problems(PodJson.read(WEB, Json.object(pod)))))
                .containsExactly("!/containers must all have an image, or none of them");
    }

    @Test
    void containersAreToldApartByTheirNames() {
        var container = "{'name': 'c', 'exec': {'command': {'shell': 'x'}}, 'resources': {}}";
        var pod = "{'containers': [%s, %s]}".formatted(container, container);

        assertThat(Json.lines(Json.problems(PodJson.read(WEB, Json.object(pod)))))
                .containsExactly("!/containers container names are unique");
    }
}
