package io.ekiden.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that runs programs which a machine may lack, such as `chromium` or `haproxy`. Each value
/// names one, or several of which one suffices (`chromium|google-chrome`), or a file by its path.
/// Without it the test is skipped with the reason; under CI (`EKIDEN_CI=1`) it fails instead.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Needs.class)
public @interface NeedsProgram {
    String[] value();
}
