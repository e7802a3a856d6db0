package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.Http;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    static Stream<Arguments> rejections() {
        var x = PathId.of("/x");
        return Stream.of(
                Arguments.of(
                        Rejection.NotFound.app(x),
                        404,
                        "{'message':'App \\u0027/x\\u0027 does not exist','details':[]}"),
                Arguments.of(
                        new Rejection.AlreadyExists(RunSpec.Kind.APP, x),
                        409,
                        "{'message':'An app with id [/x] already exists.'}"),
                Arguments.of(
                        new Rejection.Locked(List.of("d1", "d2")),
                        409,
                        "{'message':'App is locked by one or more deployments. Override with the option"
                                + " \\u0027?force=true\\u0027. View details at"
                                + " \\u0027/v2/deployments/<DEPLOYMENT_ID>\\u0027.',"
                                + "'deployments':[{'id':'d1'},{'id':'d2'}]}"),
                Arguments.of(
                        new Rejection.Invalid(List.of(Problem.rule("/cmd", "too short"))),
                        422,
                        "{'message':'Object is not valid','details':[{'path':'/cmd','errors':['too short']}]}"),
                Arguments.of(
                        new Rejection.Invalid(
                                List.of(
                                        Problem.form("/id", "error.path.missing"),
                                        Problem.rule("/", "no"))),
                        422,
                        "{'message':'Invalid JSON','details':[{'path':'/id','errors':['error.path.missing']},"
                                + "{'path':'/','errors':['no']}]}"),
                Arguments.of(new Rejection.IllegalArgument("why"), 422, "{'message':'why'}"),
                Arguments.of(new Rejection.BadRequest("why"), 400, "{'message':'why'}"),
                Arguments.of(
                        new Rejection.TooManyDeployments(),
                        403,
                        "{'message':'Max number (100) of running deployments is achieved. Wait for"
                                + " existing deployments to complete or cancel one using force=true parameter.'}"),
                Arguments.of(
                        new Rejection.TooLarge(9, 8),
                        413,
                        "{'message':'The change needs 9 bytes in the journal; 8 are allowed.'}"),
                Arguments.of(new Rejection.PreconditionFailed("why"), 412, "{'message':'why'}"),
                Arguments.of(new Rejection.Failed("bug"), 500, "{'message':'bug'}"));
    }

    @ParameterizedTest
    @MethodSource("rejections")
    void everyRejectionHasMarathonsStatusAndEnvelope(Rejection rejection, int status, String body) {
        var answer = Failures.of(rejection);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(Ask.json(answer)).isEqualTo(Http.parse(body.replace('\'', '"')));
    }

    @Test
    void whatCouldNotBeServedMayBeTriedAgain() {
        assertThat(
                        List.of(
                                Failures.tooManyRequests(7),
                                Failures.outcomeUnknown(Duration.ofSeconds(10)),
                                Failures.noFreshRead("why"),
                                Failures.unavailable("why")))
                .allSatisfy(answer -> {
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.headers()).containsKey("Retry-After");
                });
        assertThat(Ask.json(Failures.tooManyRequests(7)).path("message").asText())
                .isEqualTo("Too many concurrent requests! Allowed: 7.");
    }

    @Test
    void anUnparsableBodyIsToldInTheParsersWords() {
        assertThat(Ask.json(Failures.unparsable("oops")))
                .isEqualTo(Http.parse("{\"message\":\"Invalid JSON\",\"details\":\"oops\"}"));
    }
}
