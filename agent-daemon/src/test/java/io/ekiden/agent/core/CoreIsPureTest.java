package io.ekiden.agent.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The core has no way to ask the world anything: the simulator runs it as it is.
final class CoreIsPureTest {
    private static final JavaClasses CORE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.ekiden.agent.core");

    private static final Set<String> ASKING =
            Set.of("now", "currentTimeMillis", "nanoTime", "randomUUID", "getenv", "getProperty");

    @Test
    void readsNoClockAndDoesNoInputOrOutputAndLogsNothing() {
        assertThat(CORE).isNotEmpty();
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.nio..",
                        "java.net..",
                        "java.util.concurrent..",
                        "org.slf4j..",
                        "org.apache.kafka..",
                        "io.vertx..",
                        "io.ekiden.agent",
                        "io.ekiden.agent.runtime..",
                        "io.ekiden.agent.health..")
                .orShould()
                .accessTargetWhere(
                        DescribedPredicate.describe(
                                "asks the world",
                                (JavaAccess<?> access) ->
                                        ASKING.contains(access.getTarget().getName())))
                .check(CORE);
    }
}
