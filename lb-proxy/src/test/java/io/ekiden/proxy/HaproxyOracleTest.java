package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.proxy.FramingCase.Expected;
import io.ekiden.proxy.Strict.Message;
import io.ekiden.proxy.Strict.State;
import io.ekiden.testkit.NeedsProgram;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// HAProxy is asked what it makes of each case, and Ekiden's proxy must never make more of it: what
/// HAProxy refuses is refused, and what comes through is the same sequence of requests and answers.
/// Where Ekiden's is stricter on purpose, the case says so.
@NeedsProgram("haproxy")
final class HaproxyOracleTest {
    /// Of both proxies with a client that says no more.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int AT_A_TIME = 16;
    private static final int ATTEMPTS = 3;

    /// What each proxy says of itself or of its connection.
    private static final Set<String> OWN =
            Set.of(
                    "host",
                    "connection",
                    "content-length",
                    "transfer-encoding",
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-port",
                    "x-forwarded-proto",
                    "date");

    @TempDir static Path folder;
    private static final List<AutoCloseable> opened = new ArrayList<>();
    private static final BlockingQueue<Place> places = new LinkedBlockingQueue<>();

    /// A backend with both proxies before it, for one case at a time.
    private record Place(RecordingBackend backend, int haproxy, int ekiden) {}

    /// What came of a case at one proxy.
    private record Outcome(List<Message> requests, List<Message> answers) {
        List<Message> complete() {
            return requests.stream().filter(Message::complete).toList();
        }

        String shown() {
            return requests.stream()
                            .map(r ->
                                    r.state()
                                            + " "
                                            + FramingCase.shown(r.start())
                                            + " "
                                            + r.fields()
                                            + " "
                                            + FramingCase.shown(r.body()))
                            .toList()
                    + " answered "
                    + answers.stream()
                            .map(a -> a.state() + " " + FramingCase.shown(a.start()))
                            .toList();
        }
    }

    private record Outcomes(Outcome haproxy, Outcome ekiden) {}

    @BeforeAll
    static void start() throws Exception {
        var backends = new ArrayList<RecordingBackend>();
        for (int i = 0; i < AT_A_TIME; i++) {
            backends.add(ended(new RecordingBackend()));
        }
        var haproxy =
                ended(
                        new Haproxy(
                                folder,
                                backends.stream().map(RecordingBackend::port).toList(),
                                PATIENCE));
        var ekiden = ended(new TestFrontend(timeouts()));
        for (int i = 0; i < AT_A_TIME; i++) {
            int port = TestBroker.freePort();
            ekiden.put(Given.endpoint("/a" + i, i, backends.get(i).port(), port));
            places.add(new Place(backends.get(i), haproxy.port(i), port));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (var closeable : opened.reversed()) {
            closeable.close();
        }
    }

    private static <T extends AutoCloseable> T ended(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private static ProxyConfig.Timeouts timeouts() {
        var usual = WithFrontend.timeouts(Duration.ofMinutes(1));
        return new ProxyConfig.Timeouts(
                usual.connect(),
                Duration.ofSeconds(4),
                PATIENCE,
                PATIENCE,
                usual.tunnel(),
                Duration.ofMillis(1),
                usual.linger(),
                usual.retry(),
                usual.shutdown(),
                usual.heartbeat(),
                usual.away());
    }

    @TestFactory
    Stream<DynamicTest> requestsAreReadNoMoreLenientlyThanByHaproxy() throws Exception {
        return tests(RequestCases.all(), HaproxyOracleTest::checkRequests);
    }

    @TestFactory
    Stream<DynamicTest> answersAreReadNoMoreLenientlyThanByHaproxy() throws Exception {
        return tests(AnswerCases.all(), HaproxyOracleTest::checkAnswers);
    }

    private interface Check {
        void that(FramingCase framingCase, Outcomes outcomes);
    }

    /// All cases are played at once, a few at a time, and then looked at one by one.
    private static Stream<DynamicTest> tests(List<FramingCase> cases, Check check)
            throws Exception {
        var failures = new ConcurrentHashMap<FramingCase, AssertionError>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var played = new ArrayList<Future<?>>();
            for (var framingCase : cases) {
                played.add(
                        threads.submit(() -> {
                            play(framingCase, check, failures);
                            return null;
                        }));
            }
            for (var one : played) {
                one.get();
            }
        }
        return cases.stream()
                .map(framingCase ->
                        DynamicTest.dynamicTest(
                                framingCase.name(),
                                () -> {
                                    if (failures.containsKey(framingCase)) {
                                        throw failures.get(framingCase);
                                    }
                                }));
    }

    /// A busy machine may hold either proxy up beyond a timeout; nothing is always so by that.
    private static void play(
            FramingCase framingCase, Check check, Map<FramingCase, AssertionError> failures)
            throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var place = places.take();
            try {
                var haproxy = outcome(place.backend, place.haproxy, framingCase);
                var ekiden = outcome(place.backend, place.ekiden, framingCase);
                check.that(framingCase, new Outcomes(haproxy, ekiden));
                failures.remove(framingCase);
                return;
            } catch (AssertionError e) {
                failures.put(framingCase, e);
            } finally {
                places.add(place);
            }
        }
    }

    private static Outcome outcome(RecordingBackend backend, int port, FramingCase framingCase) {
        backend.begin(framingCase);
        var answers = Strict.answers(ask(port, framingCase.sent()), framingCase.methods());
        Awaitility.await().until(backend::quiet);
        return new Outcome(backend.requests(), answers);
    }

    /// All that comes; what comes before a reset may be lost.
    private static String ask(int port, String sent) {
        try (var socket = Raw.open(port)) {
            try {
                Raw.send(socket, sent);
            } catch (IOException e) {
                // Refused before it was sent whole.
            }
            return Raw.rest(socket);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection stays open", e);
        } catch (IOException e) {
            return "";
        }
    }

    private static void checkRequests(FramingCase framingCase, Outcomes outcomes) {
        var haproxy = outcomes.haproxy.requests;
        var ekiden = outcomes.ekiden.requests;
        var both =
                "HAProxy %s\nEkiden  %s"
                        .formatted(outcomes.haproxy.shown(), outcomes.ekiden.shown());
        assertThat(ekiden).as(both).noneMatch(r -> r.state() == State.MALFORMED);
        assertThat(ekiden).as(both).hasSizeLessThanOrEqualTo(haproxy.size());
        for (int i = 0; i < ekiden.size(); i++) {
            check(both, ekiden.get(i), haproxy.get(i));
        }
        int theirs = outcomes.haproxy.complete().size();
        if (framingCase.expected() == Expected.ALIKE) {
            assertThat(outcomes.ekiden.complete()).as(both).hasSize(theirs);
        }
    }

    /// An answer of status 500 or above is a refusal.
    private static void checkAnswers(FramingCase framingCase, Outcomes outcomes) {
        var haproxy = outcomes.haproxy.answers;
        var ekiden = outcomes.ekiden.answers;
        var both =
                "HAProxy %s\nEkiden  %s"
                        .formatted(outcomes.haproxy.shown(), outcomes.ekiden.shown());
        assertThat(ekiden).as(both).noneMatch(a -> a.state() == State.MALFORMED);
        assertThat(ekiden).as(both).hasSizeLessThanOrEqualTo(2);
        boolean passed = !ekiden.isEmpty() && passed(ekiden.getFirst());
        boolean theirsPassed = !haproxy.isEmpty() && passed(haproxy.getFirst());
        if (passed) {
            assertThat(theirsPassed).as(both).isTrue();
            var ours = ekiden.getFirst();
            var theirs = haproxy.getFirst();
            assertThat(ours.status()).as(both).isEqualTo(theirs.status());
            assertThat(ours.body()).as(both).isEqualTo(theirs.body());
            assertThat(theirs.fields()).as(both).containsAll(others(ours));
        }
        if (framingCase.expected() == Expected.ALIKE) {
            assertThat(passed).as(both).isEqualTo(theirsPassed);
        }
        // Whatever else was in the first answer is none to the second question.
        if (ekiden.size() == 2 && passed(ekiden.get(1))) {
            assertThat(ekiden.get(1).body()).as(both).isEqualTo("ok");
        }
    }

    private static boolean passed(Message answer) {
        return answer.complete() && answer.status() < 500;
    }

    private static void check(String both, Message ekiden, Message haproxy) {
        assertThat(version(ekiden)).as(both).isEqualTo(version(haproxy));
        assertThat(host(ekiden)).as(both).isEqualTo(host(haproxy));
        assertThat(haproxy.fields()).as(both).containsAll(others(ekiden));
        if (ekiden.complete()) {
            assertThat(haproxy.complete()).as(both).isTrue();
            assertThat(ekiden.body()).as(both).isEqualTo(haproxy.body());
        }
    }

    /// HTTP/1.1, in which Ekiden asks, wants one even where HTTP/1.0 has none.
    private static List<String> host(Message request) {
        return request.all("host").stream().filter(host -> !host.isEmpty()).toList();
    }

    /// Without the version, which is of one connection.
    private static String version(Message request) {
        return request.start().replaceFirst(" HTTP/1\\.[01]$", "");
    }

    private static List<String> others(Message message) {
        return message.fields().stream()
                .filter(field -> !OWN.contains(field.substring(0, field.indexOf(':'))))
                .toList();
    }
}
