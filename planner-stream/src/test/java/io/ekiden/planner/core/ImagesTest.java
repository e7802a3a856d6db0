package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.model.PathId;
import org.junit.jupiter.api.Test;

/// What can be done without an engine, images before all: only where the agent says that it can.
class ImagesTest {
    private final World world = new World();

    private void app(String container) {
        var json =
                "{'id':'/a','cmd':'x','mem':1,'cpus':0.1,'container':%s}"
                        .formatted(container)
                        .replace('\'', '"');
        assertThat(
                        world.answer(
                                world.change(
                                        new Change.CreateApp(PathId.of("/a"), World.json(json)),
                                        true)))
                .isInstanceOf(Fact.Accepted.class);
        world.work();
    }

    private void pod(String networks) {
        var json =
                """
                {'id':'/a','containers':[{'name':'c','image':{'kind':'DOCKER','id':'x'},
                 'resources':{'cpus':0.1,'mem':1}}],'networks':[%s]}
                """
                        .formatted(networks)
                        .replace('\'', '"');
        assertThat(
                        world.answer(
                                world.change(
                                        new Change.CreatePod(PathId.of("/a"), World.json(json)),
                                        false)))
                .isInstanceOf(Fact.Accepted.class);
        world.work();
    }

    private String agents() {
        return String.join(
                ",",
                world.image.instances().stream()
                        .flatMap(instance -> instance.placement().stream())
                        .map(placement -> placement.agentId())
                        .toList());
    }

    @Test
    void anImageIsPlacedWhereTheAgentRunsImages() {
        world.agent("a1", 4, "").agent("a2", 4, "images:overlay");

        app("{'type':'MESOS','docker':{'image':'x'}}");

        assertThat(agents()).isEqualTo("a2");
    }

    @Test
    void aTerminalIsWhereTheAgentHasOne() {
        world.agent("a1", 4, "").agent("a2", 4, "terminals:script");

        world.create("/a", "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":1,\"tty\":true}");

        assertThat(agents()).isEqualTo("a2");
    }

    @Test
    void aDirectoryIsReadOnlyWhereTheAgentCanSeeToIt() {
        world.agent("a1", 4, "");
        app("{'type':'MESOS','volumes':[{'containerPath':'d','hostPath':'/d','mode':'RO'}]}");
        assertThat(agents()).isEmpty();
        var refusal = world.image.queueItem(PathId.of("/a")).orElseThrow().refusals().getFirst();
        assertThat(refusal.wanted()).isEqualTo("runtime MESOS with read-only");
        assertThat(refusal.there()).isEqualTo("runtimes [MESOS] without read-only");

        world.agent("a2", 4, "read-only:mount");
        world.work();

        assertThat(agents()).isEqualTo("a2");
    }

    @Test
    void anImageWaitsForAnAgentThatRunsImages() {
        world.agent("a1", 4, "");
        app("{'type':'MESOS','docker':{'image':'x'}}");
        assertThat(agents()).isEmpty();

        world.agent("a2", 4, "images:copy");
        world.work();

        assertThat(agents()).isEqualTo("a2");
    }

    @Test
    void anImageOfTypeDockerIsForAnEngineAlone() {
        world.agent("a1", 4, "images:overlay");

        app("{'type':'DOCKER','docker':{'image':'x'}}");

        assertThat(agents()).isEmpty();
    }

    @Test
    void aPodInImagesNeedsNoEngineOnTheHostsNetwork() {
        world.agent("a1", 4, "").agent("a2", 4, "images:overlay");

        pod("{'mode':'host'}");

        assertThat(agents()).isEqualTo("a2");
    }

    @Test
    void aPodOnTheBridgeNeedsAnEngine() {
        world.agent("a1", 4, "images:overlay");

        pod("{'mode':'container/bridge'}");

        assertThat(agents()).isEmpty();
    }
}
