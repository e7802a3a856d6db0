package io.ekiden.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The architecture as a test: services do not know each other, and what must give the same answer
/// on every replay has no way to ask the world anything.
final class ArchitectureTest {
    private static final JavaClasses EKIDEN =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.ekiden");

    private static final List<String> SERVICES = List.of("planner", "gateway", "agent", "proxy");

    private static final String[] PURE = {
        "io.ekiden..core..", "io.ekiden.model..", "io.ekiden.state.."
    };

    private static final Set<String> ASKING_THE_WORLD =
            Set.of(
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.nanoTime",
                    "java.lang.System.getenv",
                    "java.lang.System.getProperty",
                    "java.lang.System.identityHashCode",
                    "java.lang.Math.random",
                    "java.util.UUID.randomUUID",
                    "java.util.Collections.shuffle");

    private static final Set<String> PARALLEL = Set.of("parallelStream", "parallel");

    @Test
    void theClassesOfEveryModuleAreSeen() {
        assertThat(EKIDEN.stream().map(c -> c.getPackageName()))
                .contains("io.ekiden.model", "io.ekiden.standalone")
                .contains("io.ekiden.planner.core", "io.ekiden.gateway")
                .contains("io.ekiden.agent.core", "io.ekiden.proxy")
                .contains("io.ekiden.simulator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"planner", "gateway", "agent", "proxy"})
    void servicesDoNotKnowEachOther(String service) {
        var others =
                SERVICES.stream()
                        .filter(not(service::equals))
                        .map(other -> "io.ekiden." + other + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("io.ekiden." + service + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .allowEmptyShould(true)
                .check(EKIDEN);
    }

    /// What runs in a simulated world must be unable to ask the real one.
    @Test
    void theSimulatorDrivesCoresOnly() {
        var shells =
                DescribedPredicate.<JavaClass>not(
                                resideInAnyPackage(
                                        "io.ekiden.planner.core..",
                                        "io.ekiden.agent.core..",
                                        "io.ekiden.gateway.core.."))
                        .and(
                                resideInAnyPackage(
                                        "io.ekiden.planner..",
                                        "io.ekiden.agent..",
                                        "io.ekiden.gateway..",
                                        "io.ekiden.proxy..",
                                        "io.ekiden.standalone..",
                                        "org.apache.kafka..",
                                        "io.vertx.."));
        noClasses()
                .that()
                .resideInAPackage("io.ekiden.simulator..")
                .should()
                .dependOnClassesThat(shells)
                .check(EKIDEN);
    }

    @Test
    void coreIsPure() {
        var io =
                resideInAnyPackage(
                                "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..")
                        // A URI is a value; only opening one would be I/O.
                        .and(
                                DescribedPredicate.not(
                                        belongToAnyOf(URI.class, URISyntaxException.class)));
        var libraries =
                resideInAnyPackage(
                        "org.slf4j..",
                        "java.util.logging..",
                        "org.apache.kafka..",
                        "io.vertx..",
                        "io.netty..");
        var threads =
                assignableTo(Thread.class)
                        .or(assignableTo(Executor.class))
                        .or(assignableTo(CompletionStage.class));
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(io.or(libraries).or(threads))
                .orShould()
                .accessTargetWhere(
                        describe("it is parallel", a -> PARALLEL.contains(a.getTarget().getName())))
                .allowEmptyShould(true)
                .check(EKIDEN);
    }

    @Test
    void coreReadsNoClockAndDrawsNoRandomNumber() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(
                        assignableTo(InstantSource.class).or(assignableTo(RandomGenerator.class)))
                .orShould()
                .accessTargetWhere(describe("it asks the world", ArchitectureTest::asksTheWorld))
                .allowEmptyShould(true)
                .check(EKIDEN);
    }

    /// Unmodifiable maps and lists are declared by their interface, which cannot be told from
    /// mutable ones here; a field that is reassignable, an array or a concrete collection can.
    @Test
    void coreHasNoMutableStaticState() {
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(PURE)
                .and()
                .areStatic()
                .should(ArchConditions.be(describe("mutable", ArchitectureTest::isMutable)))
                .allowEmptyShould(true)
                .check(EKIDEN);
    }

    private static boolean asksTheWorld(JavaAccess<?> access) {
        var owner = access.getTargetOwner().getName();
        var name = access.getTarget().getName();
        return ASKING_THE_WORLD.contains(owner + "." + name)
                || (owner.startsWith("java.time.") && name.equals("now"));
    }

    private static boolean isMutable(JavaField field) {
        var type = field.getRawType();
        var synthetic = field.getModifiers().contains(JavaModifier.SYNTHETIC);
        var container = type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class);
        return !synthetic
                && (!field.getModifiers().contains(JavaModifier.FINAL)
                        || type.isArray()
                        || (container && !type.isInterface())
                        || type.getPackageName().equals("java.util.concurrent.atomic"));
    }
}
