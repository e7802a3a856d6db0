package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
    private static final Map<String, String> LABELS =
            Map.of("env", "prod", "tier", "web", "a.b-c_d", "1", "the key", "the,value");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    env                                | true
                    none                               | false
                    env==prod                          | true
                    env == prod                        | true
                    env==test                          | false
                    env!=test                          | true
                    env!=prod                          | false
                    none!=x                            | false
                    env in (test, prod)                | true
                    env in(prod)                       | true
                    env in (  test )                   | false
                    env notin (test)                   | true
                    env notin (prod,test)              | false
                    none notin (x)                     | false
                    env==prod,tier==web                | true
                    env==prod , tier==db               | false
                    a.b-c_d==1                         | true
                    the\\ key==the\\,value             | true
                    """)
    void selects(String selector, boolean matches) throws LabelSelector.Malformed {
        assertThat(LabelSelector.parse(selector).matches(LABELS)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a,",
                "a==",
                "a=b",
                "a in",
                "a in ()",
                "a in (b",
                "a b",
                "a in (b) c"
            })
    void whatIsNoSelectorIsRefused(String selector) {
        assertThatThrownBy(() -> LabelSelector.parse(selector))
                .isInstanceOf(LabelSelector.Malformed.class)
                .hasMessageContaining("expected at position");
    }
}
