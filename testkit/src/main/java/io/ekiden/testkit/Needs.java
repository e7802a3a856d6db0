package io.ekiden.testkit;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Looks for what a test needs: skips it with the reason, or fails it under CI, where everything
/// has to be there.
final class Needs implements ExecutionCondition {
    static final String CI = "EKIDEN_CI";

    private static final int PATIENCE_SECONDS = 20;

    /// Of the engine, asked once.
    private static final Map<List<String>, Optional<String>> ANSWERS = new ConcurrentHashMap<>();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getElement()
                .flatMap(Needs::missing)
                .map(why -> unmet(why, "1".equals(System.getenv(CI))))
                .orElseGet(() -> ConditionEvaluationResult.enabled("all is there"));
    }

    static ConditionEvaluationResult unmet(String why, boolean ci) {
        if (ci) {
            throw new IllegalStateException(
                    why + ", and " + CI + "=1 allows no test to be skipped");
        }
        return ConditionEvaluationResult.disabled(why);
    }

    /// The first thing that is not there.
    static Optional<String> missing(AnnotatedElement test) {
        return AnnotationSupport.findAnnotation(test, NeedsProgram.class)
                .flatMap(Needs::missing)
                .or(() ->
                        AnnotationSupport.findAnnotation(test, NeedsDocker.class)
                                .flatMap(Needs::missing));
    }

    private static Optional<String> missing(NeedsDocker needs) {
        var engine = problem(List.of("docker", "version", "--format", "{{.Server.Version}}"));
        if (engine.isPresent()) {
            return Optional.of("no Docker engine answers: " + engine.get());
        }
        if (needs.compose()
                && problem(List.of("docker", "compose", "version")).isPresent()
                && !onPath("docker-compose")) {
            return Optional.of("neither docker compose nor docker-compose is installed");
        }
        return Arrays.stream(needs.images())
                .filter(image -> problem(List.of("docker", "image", "inspect", image)).isPresent())
                .findFirst()
                .map("the image %s is not on this machine; .ci/images makes a stand-in"::formatted);
    }

    private static Optional<String> missing(NeedsProgram needs) {
        return Arrays.stream(needs.value())
                .filter(names -> Arrays.stream(names.split("\\|", -1)).noneMatch(Needs::onPath))
                .findFirst()
                .map("%s is not installed"::formatted);
    }

    private static boolean onPath(String program) {
        if (program.startsWith("/")) {
            return Files.exists(Path.of(program));
        }
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Optional<String> problem(List<String> command) {
        return ANSWERS.computeIfAbsent(command, Needs::run);
    }

    /// What it complained of; empty when it succeeded.
    private static Optional<String> run(List<String> command) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("no answer within %d s".formatted(PATIENCE_SECONDS));
            }
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(
                            new String(
                                            process.getErrorStream().readAllBytes(),
                                            StandardCharsets.UTF_8)
                                    .strip());
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}
