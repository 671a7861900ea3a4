package org.infrafabric.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A data directory whose disk a test can fill. Where this user may mount, it is a small file system of its own that really runs full; elsewhere the process is
 * forbidden to let files grow (RLIMIT_FSIZE), which fails each write of the log as well.
 */
final class Disk implements AutoCloseable {
    private static final int MEGABYTES = 24;

    private final Path folder;
    private final boolean mounted;

    private Disk(Path folder, boolean mounted) {
        this.folder = folder;
        this.mounted = mounted;
    }

    /** @param folder is made, and is empty */
    static Disk at(Path folder) throws Exception {
        Files.createDirectories(folder);
        return new Disk(folder, run("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "tmpfs", folder.toString()));
    }

    void fill(long pid) throws Exception {
        if (!mounted) {
            if (!run("prlimit", "--pid", String.valueOf(pid), "--fsize=1:unlimited")) throw new IOException("prlimit is not possible here");
            return;
        }
        byte[] block = new byte[64 * 1024];
        for (int size = block.length; size >= 1; size /= 4) {
            try (var out = Files.newOutputStream(folder.resolve("filler-" + size))) {
                while (true) out.write(block, 0, size);
            } catch (IOException full) {
                // as wanted; smaller pieces take what is left
            }
        }
    }

    void free(long pid) throws Exception {
        if (!mounted) {
            run("prlimit", "--pid", String.valueOf(pid), "--fsize=unlimited:unlimited");
            return;
        }
        for (int size = 64 * 1024; size >= 1; size /= 4) Files.deleteIfExists(folder.resolve("filler-" + size));
    }

    /** Lets the process meet a file system that has become read-only (EROFS), as one with a broken disk does, until it is closed. */
    static AutoCloseable readOnly(long pid) throws IOException {
        Process strace = new ProcessBuilder("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EROFS",
                "-p",
                String.valueOf(pid)).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return () -> {
            strace.destroy(); // it lets go of the process and ends
            if (!strace.waitFor(10, TimeUnit.SECONDS)) throw new IOException("strace does not end");
        };
    }

    @Override
    public void close() throws Exception {
        if (mounted) run("umount", "-l", folder.toString());
    }

    private static boolean run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException missing) {
            return false;
        }
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
