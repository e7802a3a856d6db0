package io.ekiden.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Archives, of those who mean well and of others.
final class ArchiveTest {
    private static final Limits LIMITS =
            new Limits(
                    50 << 20,
                    100,
                    20,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1));

    private static final int SYMLINK = 0120777;

    @TempDir Path dir;

    private Path root = Path.of("");

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(dir.resolve("out/root"));
    }

    private interface Filling<T> {
        void fill(T archive) throws IOException;
    }

    private Path tar(String name, Filling<TarArchiveOutputStream> filling) throws IOException {
        var file = dir.resolve(name);
        try (var tar = new TarArchiveOutputStream(compressed(Files.newOutputStream(file), name))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            filling.fill(tar);
        }
        return file;
    }

    private static OutputStream compressed(OutputStream out, String name) throws IOException {
        return switch (name.substring(name.lastIndexOf('.'))) {
            case ".tgz", ".gz" -> new GZIPOutputStream(out);
            case ".tbz2", ".bz2" -> new BZip2CompressorOutputStream(out);
            case ".txz", ".xz" -> new XZOutputStream(out, new LZMA2Options());
            default -> out;
        };
    }

    private static void add(TarArchiveOutputStream tar, String name, String content, int mode)
            throws IOException {
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(name, true);
        entry.setMode(mode);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte type, String target)
            throws IOException {
        var entry = new TarArchiveEntry(name, type, true);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private Path zip(Filling<ZipArchiveOutputStream> filling) throws IOException {
        var file = dir.resolve("x.zip");
        try (var zip = new ZipArchiveOutputStream(file)) {
            filling.fill(zip);
        }
        return file;
    }

    private static void add(ZipArchiveOutputStream zip, String name, String content, int mode)
            throws IOException {
        var entry = new ZipArchiveEntry(name);
        entry.setUnixMode(mode);
        zip.putArchiveEntry(entry);
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeArchiveEntry();
    }

    private void unpack(Path file) throws IOException {
        Archive.of(file)
                .orElseThrow()
                .unpack(file, file.getFileName().toString(), new Tree(root), LIMITS);
    }

    private void refuses(Path file) throws IOException {
        assertThatExceptionOfType(Unfetchable.class).isThrownBy(() -> unpack(file));
        try (var outside = Files.list(dir.resolve("out"))) {
            assertThat(outside).containsExactly(root);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.tar",
                "a.tgz",
                "a.tar.gz",
                "a.tbz2",
                "a.tar.bz2",
                "a.txz",
                "a.tar.xz",
                "A.TAR.GZ"
            })
    void everyKindOfTarIsUnpacked(String name) throws IOException {
        unpack(
                tar(
                        name.toLowerCase(Locale.ROOT),
                        tar -> {
                            add(tar, "./", TarConstants.LF_DIR, "");
                            add(tar, "./bin/run", "#!/bin/sh\n", 0755);
                            add(tar, "x".repeat(200), "long", 0644);
                            add(tar, "bin/again", TarConstants.LF_SYMLINK, "../bin/run");
                            add(tar, "hard", TarConstants.LF_LINK, "bin/run");
                        }));
        assertThat(root.resolve("bin/run")).hasContent("#!/bin/sh\n").isExecutable();
        assertThat(root.resolve("x".repeat(200))).hasContent("long");
        assertThat(root.resolve("bin/again")).isSymbolicLink().hasContent("#!/bin/sh\n");
        assertThat(root.resolve("hard")).hasContent("#!/bin/sh\n");
    }

    @Test
    void aZipIsUnpackedWithItsPermissions() throws IOException {
        unpack(
                zip(zip -> {
                    add(zip, "bin/run", "x", 0100755);
                    add(zip, "plain", "y", 0);
                    add(zip, "link", "bin/run", SYMLINK);
                }));
        assertThat(root.resolve("bin/run")).hasContent("x").isExecutable();
        assertThat(Files.isExecutable(root.resolve("plain"))).isFalse();
        assertThat(root.resolve("link")).isSymbolicLink().hasContent("x");
    }

    @Test
    void oneCompressedFileIsUnpackedBesideIt() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write('x');
        }
        unpack(Files.write(dir.resolve("data.txt.gz"), bytes.toByteArray()));
        assertThat(root.resolve("data.txt")).hasContent("x");
    }

    @Test
    void whatHasNoNameOfAnArchiveIsNone() {
        assertThat(Archive.of(Path.of("x/a.tar.zst"))).isEmpty();
        assertThat(Archive.of(Path.of("x.zip/a"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "/etc/evil", "a/../../evil", "C:\\evil", "C:/evil", "a/.."})
    void aNameThatLeadsOutRefusesTheArchive(String name) throws IOException {
        refuses(tar("x.tar", tar -> add(tar, name, "x", 0644)));
        refuses(zip(zip -> add(zip, name, "x", 0100644)));
    }

    @ParameterizedTest
    @CsvSource({
        "link, /etc",
        "link, ..",
        "link, ../../etc",
        "a/link, ../../etc",
        "a/link, ../b/../../etc",
        "link, ''"
    })
    void aLinkThatLeadsOutRefusesTheArchive(String name, String target) throws IOException {
        refuses(tar("x.tar", tar -> add(tar, name, TarConstants.LF_SYMLINK, target)));
        refuses(zip(zip -> add(zip, name, target, SYMLINK)));
    }

    @Test
    void linksThatLeadOutOnlyTogetherRefuseTheArchive() throws IOException {
        refuses(
                tar(
                        "x.tar",
                        tar -> {
                            add(tar, "a/b/up", TarConstants.LF_SYMLINK, "../..");
                            add(tar, "out", TarConstants.LF_SYMLINK, "a/b/up/../../evil");
                        }));
    }

    @Test
    void nothingIsWrittenThroughALink() throws IOException {
        refuses(
                tar(
                        "x.tar",
                        tar -> {
                            add(tar, "a", TarConstants.LF_SYMLINK, "b");
                            add(tar, "a/x", "x", 0644);
                        }));
        // One of an earlier archive.
        Files.createDirectory(root.resolve("real"));
        Files.createSymbolicLink(root.resolve("earlier"), Path.of("real"));
        refuses(tar("y.tar", tar -> add(tar, "earlier/x", "x", 0644)));
        assertThat(root.resolve("real")).isEmptyDirectory();
    }

    @Test
    void aFileAndALinkOfOneNameRefuseTheArchive() throws IOException {
        refuses(
                tar(
                        "x.tar",
                        tar -> {
                            add(tar, "a", "x", 0644);
                            add(tar, "a", TarConstants.LF_SYMLINK, "b");
                        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../secret", "missing", "soft"})
    void aHardLinkToAnythingButAFileOfTheArchiveRefusesIt(String target) throws IOException {
        Files.writeString(dir.resolve("secret"), "s");
        Files.createSymbolicLink(root.resolve("soft"), Path.of("/etc/passwd"));
        refuses(tar("x.tar", tar -> add(tar, "hard", TarConstants.LF_LINK, target)));
        assertThat(Files.exists(root.resolve("hard"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
    void whatIsNoFileRefusesTheArchive(byte type) throws IOException {
        refuses(tar("x.tar", tar -> add(tar, "dev", type, "")));
    }

    @Test
    void noProgramBecomesAnotherUsers() throws IOException {
        unpack(tar("x.tar", tar -> add(tar, "su", "x", 06755)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("su"))))
                .isEqualTo("rwxr-xr-x");
        assertThat((int) Files.getAttribute(root.resolve("su"), "unix:mode") & 07000).isZero();
    }

    @Test
    void whatBecomesMuchLargerRefusesTheArchive() throws IOException {
        refuses(
                tar(
                        "bomb.tgz",
                        tar -> {
                            var entry = new TarArchiveEntry("zeros", true);
                            entry.setSize(30 << 20);
                            tar.putArchiveEntry(entry);
                            tar.write(new byte[30 << 20]);
                            tar.closeArchiveEntry();
                        }));
        refuses(zip(zip -> add(zip, "zeros", "\0".repeat(30 << 20), 0)));
    }

    @Test
    void tooManyEntriesRefuseTheArchive() throws IOException {
        refuses(
                tar(
                        "many.tgz",
                        tar -> {
                            for (int i = 0; i < 21; i++) {
                                add(tar, "f" + i, "", 0644);
                            }
                        }));
        refuses(
                zip(zip -> {
                    for (int i = 0; i < 21; i++) {
                        add(zip, "f" + i, "", 0);
                    }
                }));
    }

    @Test
    void aNameWithoutEndIsNotReadIntoMemory() throws IOException {
        refuses(
                tar(
                        "x.tgz",
                        tar -> {
                            var name = "n".repeat(3 << 20).getBytes(StandardCharsets.UTF_8);
                            var entry =
                                    new TarArchiveEntry(
                                            "././@LongLink",
                                            TarConstants.LF_GNUTYPE_LONGNAME,
                                            true);
                            entry.setSize(name.length);
                            tar.putArchiveEntry(entry);
                            tar.write(name);
                            tar.closeArchiveEntry();
                            add(tar, "n", "", 0644);
                        }));
    }

    @Test
    void whatIsNoArchiveIsRefused() throws IOException {
        refuses(Files.writeString(dir.resolve("x.zip"), "not a zip"));
        var tar = Files.writeString(dir.resolve("x.tgz"), "not a tar");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> unpack(tar));
    }
}
