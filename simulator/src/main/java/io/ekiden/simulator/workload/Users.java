package io.ekiden.simulator.workload;

import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.AppViews;
import io.ekiden.gateway.core.GroupViews;
import io.ekiden.gateway.core.PodViews;
import io.ekiden.log.Actor;
import io.ekiden.log.RequestKey;
import io.ekiden.simulator.Choices;
import io.ekiden.simulator.Feature;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.world.Members;
import io.ekiden.simulator.world.SimGateway;
import io.ekiden.simulator.world.World;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Users who change things through one gateway or another, and look at what has become of it. A
/// change whose outcome is unknown is tried again now and then, with the same key: it must not take
/// effect twice.
public final class Users {
    private static final Actor USER = new Actor(Actor.Kind.USER, "user", Optional.of("127.0.0.1"));
    private static final ApiRequest LIST =
            new ApiRequest("/v2/apps", Map.of(), Map.of(), "*/*", Optional.empty(), Instant.EPOCH);

    private final World world;
    private final Members members;
    private boolean deletedAll;
    private long changes;
    private long keys;

    public Users(World world, Members members) {
        this.world = world;
        this.members = members;
    }

    /// Spreads the run's operations over its safety phase.
    public void begin() {
        long seconds = world.options().seconds();
        for (int i = 0; i < world.options().operations(); i++) {
            var own = world.choices().of("op" + i);
            long at =
                    i == 0
                            ? 3 * Timeline.SECOND
                            : own.choose("at", (int) seconds * 1000) * Timeline.MILLI;
            if (own.choose("done", Choices.MILLION) > 0) {
                world.after(at, () -> operate(own));
            }
        }
    }

    private SimGateway gateway() {
        var gateways = members.gateways();
        return gateways.get(world.choose("op.gateway", gateways.size()));
    }

    private Seen seen(SimGateway gateway, Choices choices) {
        return new Seen(
                gateway.image(), world.options().apps(), world.options().features(), choices);
    }

    private void operate(Choices choices) {
        var gateway = gateway();
        if (gateway.up()) {
            Operations.next(seen(gateway, choices))
                    .ifPresent(call -> send(call, gateway, Optional.of(key(call)), 2));
        }
    }

    /// Deletes everything; what is refused or unanswered is tried again by calling it again.
    public void deleteAll() {
        deletedAll = true;
        var gateway = members.gateways().getFirst();
        Operations.deleteAll(seen(gateway, world.choices()))
                .forEach(call -> send(call, gateway, Optional.empty(), 0));
    }

    /// Nobody leaves a deployment paused, or canaries without a word, for ever.
    public void attend() {
        var gateway = members.gateways().getFirst();
        Operations.attend(seen(gateway, world.choices()))
                .forEach(call -> send(call, gateway, Optional.empty(), 0));
    }

    private RequestKey key(Call call) {
        return new RequestKey("k" + ++keys, call.text());
    }

    private void send(Call call, SimGateway gateway, Optional<RequestKey> key, int retries) {
        var changeId = "c" + ++changes;
        world.event("user", changeId + " " + call.text() + " at " + gateway.id());
        gateway.change(
                changeId,
                USER,
                key,
                call.request(),
                call.route(),
                (answer, sequence) -> {
                    world.event("user", changeId + " is answered " + answer.status());
                    world.evidence()
                            .answered(
                                    new Checker.Reply(
                                            changeId,
                                            answer.status(),
                                            sequence,
                                            gateway.id(),
                                            USER));
                    look();
                    if (answer.status() == 503 && retries > 0) {
                        world.after(Timeline.SECOND, () -> again(call, key, retries - 1));
                    }
                });
    }

    /// Who has deleted everything does not come back with what was not answered before.
    private void again(Call call, Optional<RequestKey> key, int retries) {
        if (!deletedAll) {
            send(call, gateway(), key, retries);
        }
    }

    private void look() {
        gateway().read(image -> AppViews.list(LIST, image));
        if (world.options().has(Feature.PODS)) {
            gateway().read(image -> PodViews.statuses(LIST, image));
        }
        if (world.options().has(Feature.GROUPS)) {
            gateway().read(image -> GroupViews.one(LIST, image));
        }
    }

    /// How many changes were sent so far.
    public long changes() {
        return changes;
    }
}
