package io.ekiden.standalone;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/// Signals of the operating system. A shutdown hook would do for the first Ctrl-C, but not for the
/// second; what does for both is `sun.misc.Signal`, which javac warns about, hence reflection (as
/// in Kafka itself).
final class Signals {
    private Signals() {}

    /// @param names such as `INT`; one that the system does not have, or that was ignored when the
    ///   process was started, is left alone
    /// @param handler given the name of each signal that comes in
    static void handle(List<String> names, Consumer<String> handler) {
        names.forEach(name -> handle(name, handler));
    }

    private static void handle(String name, Consumer<String> handler) {
        try {
            var signalClass = Class.forName("sun.misc.Signal");
            var handlerClass = Class.forName("sun.misc.SignalHandler");
            var proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handlerClass},
                            (_, method, arguments) -> {
                                if (method.getDeclaringClass() == handlerClass) {
                                    handler.accept(name);
                                    return null;
                                }
                                // equals, hashCode, toString
                                return method.invoke(handler, arguments);
                            });
            signalClass
                    .getMethod("handle", signalClass, handlerClass)
                    .invoke(
                            null,
                            signalClass.getConstructor(String.class).newInstance(name),
                            proxy);
        } catch (ReflectiveOperationException e) {
            // No such signal here, or it is ignored on purpose (nohup): then it stays so.
            return;
        }
    }
}
