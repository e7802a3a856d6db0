package io.ekiden.agent.runtime;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Once with all that this machine offers, once plainly, as an ordinary user has it.
@ParameterizedClass(name = "{0}")
@MethodSource("isolations")
final class NativeRuntimeContractTest extends TaskRuntimeContract {
    private static final Isolation DETECTED = Isolation.detect();

    private final Isolation isolation;

    NativeRuntimeContractTest(Isolation isolation) {
        this.isolation = isolation;
    }

    static Stream<Isolation> isolations() {
        return Stream.of(DETECTED, Isolation.plain(DETECTED.root())).distinct();
    }

    @Override
    protected Machine newMachine() {
        return new NativeMachine(dir, isolation);
    }
}
