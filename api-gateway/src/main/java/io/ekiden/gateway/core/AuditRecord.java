package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.access.Action;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.log.Actor;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.RefusedCalls;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Who wanted what, when and from where, and what came of it. A function of what stands on the log.
///
/// @param time when it was written to the log
/// @param actor a user's name, or `system:planner`
/// @param verb what was done, in a word; of a call that was refused, its method
/// @param uri of the request, as far as it is known
/// @param resources the apps, pods and groups that it is about; none for the cluster
/// @param message why it was refused or failed, or what the planner did
/// @param sequence of the journal entry; absent for what the gateway refused
/// @param definitions what became of apps and pods
/// @param count calls of the kind that one record stands for
public record AuditRecord(
        Instant time,
        String actor,
        Optional<String> address,
        String verb,
        Optional<String> uri,
        List<PathId> resources,
        Outcome outcome,
        Optional<Integer> status,
        Optional<String> message,
        Optional<String> reason,
        Optional<String> deploymentId,
        Optional<Long> sequence,
        List<DefinitionChange> definitions,
        long count) {
    /// What came of it.
    public enum Outcome {
        ACCEPTED,
        /// Accepted before, and not done again.
        REPEATED,
        REFUSED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Of more than these, the first are shown.
    static final int MAX_DEFINITIONS = 100;

    private static final String SYSTEM = "system:";

    /// Of a command in a task, for it is no read.
    private static final String EXEC = "exec";

    public AuditRecord {
        resources = List.copyOf(resources);
        definitions = List.copyOf(definitions);
    }

    /// What of an entry belongs to the audit: changes that users wanted, and deployments that the
    /// planner began by itself.
    public static Optional<AuditRecord> of(Instant time, JournalEntry entry) {
        return entry.input() instanceof Input.Changed(var wanted)
                ? Optional.of(wanted(time, entry, wanted))
                : deployments(entry).findFirst().map(first -> automatic(time, entry, first));
    }

    private static AuditRecord wanted(Instant time, JournalEntry entry, WantedChange wanted) {
        var refusal = AuditedChange.refusal(entry);
        return new AuditRecord(
                time,
                name(wanted.actor()),
                wanted.actor().address(),
                AuditedChange.verb(wanted.change()),
                Optional.of(wanted.uri()),
                AuditedChange.resources(wanted.change(), entry),
                outcome(entry, refusal.isPresent()),
                refusal.map(Failures::of).map(Answer::status),
                refusal.map(why -> why.message()),
                wanted.reason(),
                AuditedChange.deploymentId(entry),
                Optional.of(entry.sequence()),
                DefinitionChange.of(entry),
                1);
    }

    private static Outcome outcome(JournalEntry entry, boolean refused) {
        if (refused) {
            return Outcome.REFUSED;
        }
        return AuditedChange.isRepeated(entry) ? Outcome.REPEATED : Outcome.ACCEPTED;
    }

    private static String name(Actor actor) {
        return actor.kind() == Actor.Kind.SYSTEM ? SYSTEM + actor.name() : actor.name();
    }

    private static Stream<Deployment> deployments(JournalEntry entry) {
        return entry.facts().stream()
                .filter(Fact.DeploymentStarted.class::isInstance)
                .map(fact -> ((Fact.DeploymentStarted) fact).deployment());
    }

    private static AuditRecord automatic(Instant time, JournalEntry entry, Deployment started) {
        return new AuditRecord(
                time,
                name(Actor.PLANNER),
                Optional.empty(),
                started.reverts().isPresent() ? "rollback" : "deploy",
                Optional.empty(),
                sorted(started.affected()),
                Outcome.ACCEPTED,
                Optional.empty(),
                AuditedChange.cancelReason(entry),
                Optional.empty(),
                Optional.of(started.id()),
                Optional.of(entry.sequence()),
                DefinitionChange.of(entry),
                1);
    }

    /// @param about what the path of the first of these calls names, if it names something
    public static AuditRecord of(Instant time, RefusedCalls calls, Optional<PathId> about) {
        var lacks = String.join(", ", calls.needs());
        return new AuditRecord(
                time,
                calls.actor().name(),
                calls.actor().address(),
                calls.route().endsWith("/exec") ? EXEC : calls.method(),
                Optional.of(calls.uri()),
                about.stream().toList(),
                calls.isRefused() ? Outcome.REFUSED : Outcome.ACCEPTED,
                calls.isRefused() ? Optional.of(calls.status()) : Optional.empty(),
                lacks.isEmpty() ? Optional.empty() : Optional.of("needs " + lacks),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                calls.count());
    }

    static List<PathId> sorted(Collection<PathId> ids) {
        return List.copyOf(new TreeSet<>(ids));
    }

    /// As far as the caller may see it: of what is about several things, those that he sees; what
    /// is about the cluster is its operators'.
    public Optional<ObjectNode> seenBy(Caller caller) {
        var seen = resources.stream().filter(caller::sees).toList();
        boolean whole = seen.size() == resources.size();
        boolean shown =
                resources.isEmpty() ? caller.may(Action.OPERATE, PathId.ROOT) : !seen.isEmpty();
        return shown ? Optional.of(json(caller, seen, whole)) : Optional.empty();
    }

    /// @param whole texts are shown, which may name anything
    private ObjectNode json(Caller caller, List<PathId> shown, boolean whole) {
        var json = Answer.object();
        json.put("time", Timestamps.format(time));
        json.put("actor", actor);
        address.ifPresent(from -> json.put("address", from));
        json.put("verb", verb);
        uri.filter(_ -> whole).ifPresent(text -> json.put("uri", text));
        var array = json.putArray("resources");
        shown.forEach(id -> array.add(id.value()));
        json.put("outcome", outcome.text());
        status.ifPresent(code -> json.put("status", code));
        message.filter(_ -> whole).ifPresent(text -> json.put("message", text));
        reason.filter(_ -> whole).ifPresent(text -> json.put("reason", text));
        deploymentId.ifPresent(id -> json.put("deploymentId", id));
        sequence.ifPresent(number -> json.put("sequence", number));
        var changes = definitions.stream().filter(one -> caller.sees(one.id())).toList();
        if (!changes.isEmpty()) {
            var list = json.putArray("definitions");
            changes.stream().limit(MAX_DEFINITIONS).forEach(one -> list.add(one.json()));
        }
        json.put("count", count);
        return json;
    }
}
