package io.ekiden.simulator.mutants;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.Seen;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// Loads all of Ekiden anew, the simulator included, with some classes replaced; libraries come
/// from the loader around it. What both worlds talk in is shared.
final class MutantLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final String EKIDEN = "io.ekiden.";
    private static final Set<String> SHARED =
            Set.of(Probe.class.getName(), Seen.class.getName(), Seen.Broken.class.getName());

    private final Map<String, byte[]> replaced;

    MutantLoader(Map<String, byte[]> replaced) {
        super(MutantLoader.class.getClassLoader());
        this.replaced = Map.copyOf(replaced);
    }

    /// The simulator in this world.
    Probe probe(String className) {
        try {
            return (Probe) loadClass(className).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + className, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(EKIDEN) || SHARED.contains(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        var bytes = replaced.containsKey(name) ? replaced.get(name) : original(name);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (var stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (stream == null) {
                throw new ClassNotFoundException(name);
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
