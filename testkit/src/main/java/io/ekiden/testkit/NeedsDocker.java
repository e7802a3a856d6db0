package io.ekiden.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that speaks to a Docker engine through the `docker` command. Without one, or without an
/// image it names, it is skipped with the reason; under CI (`EKIDEN_CI=1`) it fails instead. Images
/// are never pulled; `.ci/images` makes stand-ins from what is on the machine.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Needs.class)
public @interface NeedsDocker {
    String[] images() default {};

    /// Whether it also runs Compose: `docker compose` or `docker-compose`.
    boolean compose() default false;
}
