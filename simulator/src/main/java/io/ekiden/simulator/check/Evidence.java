package io.ekiden.simulator.check;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.KillCause;
import io.ekiden.model.TaskId;
import io.ekiden.state.ClusterImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/// What is known for sure of a run: the committed journal and what it adds up to, the tasks that
/// really run, the requests in flight. Tells every checker of each event.
public final class Evidence {
    private final LongSupplier now;
    private final List<Checker> checkers;
    private final ClusterImage image = new ClusterImage();
    private final List<JournalEntry> journal = new ArrayList<>();
    private final TreeMap<String, TreeMap<TaskId, Live>> live = new TreeMap<>();
    private final Set<Request> requests = new LinkedHashSet<>();
    private final Set<String> volumes = new TreeSet<>();

    /// @param now virtual time in microseconds
    public Evidence(LongSupplier now, List<Checker> checkers) {
        this.now = now;
        this.checkers = List.copyOf(checkers);
    }

    public long now() {
        return now.getAsLong();
    }

    /// The fold of the committed journal.
    public ClusterImage image() {
        return image;
    }

    public List<JournalEntry> journal() {
        return Collections.unmodifiableList(journal);
    }

    /// The tasks that run on a machine.
    public Collection<Live> liveOn(String agentId) {
        return tasksOf(agentId).values();
    }

    public Optional<Live> live(String agentId, TaskId taskId) {
        return Optional.ofNullable(tasksOf(agentId).get(taskId));
    }

    private SortedMap<TaskId, Live> tasksOf(String agentId) {
        return live.getOrDefault(agentId, new TreeMap<>());
    }

    public List<Live> live() {
        return live.values().stream().flatMap(tasks -> tasks.values().stream()).toList();
    }

    public Collection<Request> requests() {
        return Collections.unmodifiableCollection(requests);
    }

    public void committed(JournalEntry entry, long epoch) {
        checkers.forEach(checker -> checker.before(entry, this));
        entry.facts().forEach(image::replay);
        journal.add(entry);
        checkers.forEach(checker -> checker.decided(entry, epoch, this));
    }

    public void remembered(String agentId, TaskId taskId) {
        checkers.forEach(checker -> checker.remembered(agentId, taskId));
    }

    public void startOrdered(String agentId, LocalTask task) {
        checkers.forEach(checker -> checker.startOrdered(agentId, task, this));
    }

    public void killOrdered(String agentId, TaskId taskId, Optional<KillCause> cause) {
        checkers.forEach(checker -> checker.killOrdered(agentId, taskId, cause, this));
    }

    public void running(Live task) {
        live.computeIfAbsent(task.agentId(), _ -> new TreeMap<>()).put(task.taskId(), task);
        checkers.forEach(checker -> checker.running(task, this));
    }

    public void ended(Live task, Live.End how) {
        live.get(task.agentId()).remove(task.taskId());
        checkers.forEach(checker -> checker.ended(task, how, this));
    }

    public void recovered(String agentId) {
        checkers.forEach(checker -> checker.recovered(agentId, this));
    }

    public void requestBegan(Request request) {
        requests.add(request);
        checkers.forEach(checker -> checker.requestBegan(request, this));
    }

    public void requestEnded(Request request) {
        requests.remove(request);
    }

    public void written(String changeId) {
        checkers.forEach(checker -> checker.written(changeId));
    }

    public void restored(String who, long sequence, ClusterImage restored) {
        checkers.forEach(checker -> checker.restored(who, sequence, restored, this));
    }

    /// A persistent volume is on an agent's disk.
    public void volumeThere(String agentId, String volumeId) {
        volumes.add(agentId + " " + volumeId);
    }

    public void volumeGone(String agentId, String volumeId) {
        volumes.remove(agentId + " " + volumeId);
        checkers.forEach(checker -> checker.volumeGone(agentId, volumeId, this));
    }

    /// Each with its agent.
    public Collection<String> volumes() {
        return Collections.unmodifiableCollection(volumes);
    }

    public void answered(Checker.Reply reply) {
        checkers.forEach(checker -> checker.answered(reply, this));
    }

    public void read(Checker.FreshRead read) {
        checkers.forEach(checker -> checker.read(read, this));
    }

    public void settled() {
        checkers.forEach(checker -> checker.settled(this));
    }

    public void emptied() {
        checkers.forEach(checker -> checker.emptied(this));
    }
}
