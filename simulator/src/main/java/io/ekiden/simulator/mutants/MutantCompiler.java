package io.ekiden.simulator.mutants;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Compiles one mutated source file in memory, against the class path that this JVM runs on.
final class MutantCompiler {
    private final JavaCompiler compiler;
    private final Checkout checkout;

    MutantCompiler(Checkout checkout) {
        this.compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("mutants need a JDK; this Java has no compiler");
        }
        this.checkout = checkout;
    }

    /// The class files, by the names of their classes.
    Map<String, byte[]> compile(Mutant mutant) {
        var source = mutant.plantIn(checkout.read(mutant.file()));
        var problems = new DiagnosticCollector<JavaFileObject>();
        var classes = new TreeMap<String, ClassFile>();
        var standard =
                compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8);
        var options =
                List.of(
                        "-proc:none",
                        "-Xlint:none",
                        "-g",
                        "-cp",
                        System.getProperty("java.class.path"));
        boolean compiled =
                compiler.getTask(
                                null,
                                new InMemory(standard, classes),
                                problems,
                                options,
                                null,
                                List.of(new Source(mutant.fileName(), source)))
                        .call();
        if (!compiled) {
            throw new MutantRotten(mutant.name(), "it does not compile:\n" + errors(problems));
        }
        var bytes = new TreeMap<String, byte[]>();
        classes.forEach((name, file) -> bytes.put(name, file.bytes.toByteArray()));
        return bytes;
    }

    private static String errors(DiagnosticCollector<JavaFileObject> problems) {
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getLineNumber() + ": " + problem.getMessage(Locale.ROOT))
                .collect(Collectors.joining("\n"));
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String fileName, String text) {
            super(URI.create("mutant:///" + fileName), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class ClassFile extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ClassFile(String className) {
            super(URI.create("mutant:///" + className.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    /// Keeps what is written; reads as usual.
    private static final class InMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, ClassFile> classes;

        InMemory(StandardJavaFileManager standard, Map<String, ClassFile> classes) {
            super(standard);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location,
                String className,
                JavaFileObject.Kind kind,
                FileObject sibling) {
            return classes.computeIfAbsent(className, ClassFile::new);
        }
    }
}
