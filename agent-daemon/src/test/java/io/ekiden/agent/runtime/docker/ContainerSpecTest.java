package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.runtime.image.ImageName;
import io.ekiden.model.TaskId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ContainerSpecTest {
    @Test
    void everyTasksNameIsOneThatTheEngineTakesAndItsOwn() {
        var head = "a".repeat(300);
        var names =
                java.util.stream.Stream.of(
                                "shop_web.instance-1._app.1",
                                "shop_web.instance-1._app.2",
                                head + ".instance-1._app.1",
                                head + ".instance-1._app.2",
                                "ü b.instance-1._app.1",
                                "ü c.instance-1._app.1")
                        .map(TaskId::new)
                        .map(ContainerSpec::name)
                        .toList();
        assertThat(names).doesNotHaveDuplicates();
        assertThat(names).allMatch(name -> name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,199}"));
        assertThat(names.getFirst()).isEqualTo("ekiden-shop_web.instance-1._app.1");
    }

    @ParameterizedTest
    @CsvSource({
        "web,web,latest",
        "web:1,web,1",
        "shop/web:1,shop/web,1",
        "host:5000/web,host:5000/web,latest",
        "host:5000/shop/web:1.2,host:5000/shop/web,1.2",
        "web@sha256:abc,web,sha256:abc",
        "web:1@sha256:abc,web,sha256:abc"
    })
    void anImagesNameIsTakenApartAsTheEngineWantsIt(String image, String repository, String tag) {
        assertThat(ImageName.of(image)).isEqualTo(new ImageName(repository, tag));
    }

    @Test
    void aUsersNumberIsThatOfTheImage() {
        var passwd = "root:x:0:0::/:/bin/sh\nweb:x:1000:1000::/:/bin/sh\nodd\nbad:x:y:z\n";
        assertThat(Owner.uid(passwd, "web")).contains(1000);
        assertThat(Owner.uid(passwd, "bad")).isEqualTo(Optional.empty());
        assertThat(Owner.uid(passwd, "nobody")).isEqualTo(Optional.empty());
    }
}
