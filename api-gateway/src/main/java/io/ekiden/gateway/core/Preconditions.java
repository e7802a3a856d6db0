package io.ekiden.gateway.core;

import io.ekiden.log.Change;
import io.ekiden.log.Precondition;
import io.ekiden.log.Precondition.Kind;
import io.ekiden.model.PathId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `If-Match` and `If-None-Match` (RFC 9110) of a request that changes something. The planner says
/// whether they hold. Whatever cannot be understood is refused: a caller who asked for a condition
/// must not have his change without it.
public final class Preconditions {
    /// Without the comma between two and the star for all, which no version has.
    private static final Pattern TAG =
            Pattern.compile("(W/)?\"([\\x21\\x23-\\x29\\x2b\\x2d-\\x7e\\x80-\\xff]*)\"");

    private Preconditions() {}

    /// What was made of the headers.
    public sealed interface Read {
        record Ok(Optional<Precondition> precondition) implements Read {}

        record Wrong(Answer answer) implements Read {}
    }

    private record Thing(Kind kind, PathId id) {}

    /// A header that cannot be read.
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String header, String value) {
            super(
                    "%s must be * or versions in quotes, such as \"2026-11-23T12:00:00.000Z\"; it is %s"
                            .formatted(header, value));
        }
    }

    /// @param ifMatch and `ifNoneMatch` the headers' values; empty when they are not there
    public static Read of(Change change, List<String> ifMatch, List<String> ifNoneMatch) {
        if (ifMatch.isEmpty() && ifNoneMatch.isEmpty()) {
            return new Read.Ok(Optional.empty());
        }
        var thing = thing(change);
        if (thing.isEmpty()) {
            return wrong("If-Match and If-None-Match are about one app, pod or group.");
        }
        try {
            return new Read.Ok(
                    Optional.of(
                            new Precondition(
                                    thing.get().kind(),
                                    thing.get().id(),
                                    tags("If-Match", ifMatch, false),
                                    tags("If-None-Match", ifNoneMatch, true))));
        } catch (Malformed e) {
            return wrong(e.getMessage());
        }
    }

    private static Read wrong(String message) {
        return new Read.Wrong(Answer.message(400, message));
    }

    /// @param weak whether a weak tag is as good as a strong one; else it names nothing
    private static Optional<List<String>> tags(String header, List<String> lines, boolean weak)
            throws Malformed {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        var text = String.join(",", lines);
        if (text.strip().equals(Precondition.ANY)) {
            return Optional.of(List.of(Precondition.ANY));
        }
        var tags = new ArrayList<String>();
        for (var part : text.split(",", -1)) {
            var tag = TAG.matcher(part.strip());
            if (!tag.matches()) {
                throw new Malformed(header, text);
            }
            if (weak || tag.group(1) == null) {
                tags.add(tag.group(2));
            }
        }
        return Optional.of(tags);
    }

    /// The one thing that a change is about.
    private static Optional<Thing> thing(Change change) {
        return switch (change) {
            case Change.CreateApp(var id, var _) -> appOrPod(id);
            case Change.UpdateApps update ->
                    update.updates().size() == 1
                            ? appOrPod(update.updates().getFirst().id())
                            : Optional.empty();
            case Change.DeleteApp(var id) -> appOrPod(id);
            case Change.CreatePod(var id, var _) -> appOrPod(id);
            case Change.UpdatePod(var id, var _) -> appOrPod(id);
            case Change.DeletePod(var id) -> appOrPod(id);
            case Change.RestartApp(var id) -> appOrPod(id);
            case Change.ResetDelay(var id) -> appOrPod(id);
            case Change.KillTasks kill -> kill.runSpecId().flatMap(Preconditions::appOrPod);
            case Change.KillPodInstances kill -> appOrPod(kill.id());
            case Change.KillAppTasks kill -> appOrPod(kill.runSpecId());
            case Change.CreateGroup(var id, var _) -> group(id);
            case Change.UpdateGroup(var id, var _) -> group(id);
            case Change.EnforceRole(var id, var _) -> group(id);
            case Change.DeleteGroup(var id) -> group(id);
            case Change.DryRun(var tried) -> thing(tried);
            case Change.CancelDeployment _,
                    Change.PauseDeployment _,
                    Change.PromoteDeployment _,
                    Change.DrainAgent _,
                    Change.Subscribe _,
                    Change.Unsubscribe _ ->
                    Optional.empty();
        };
    }

    private static Optional<Thing> appOrPod(PathId id) {
        return Optional.of(new Thing(Kind.APP_OR_POD, id));
    }

    private static Optional<Thing> group(PathId id) {
        return Optional.of(new Thing(Kind.GROUP, id));
    }
}
