package org.infrafabric.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Holds a data directory for this process through a lock file that carries its pid; the kernel lets go when the process dies. */
final class DirectoryLock implements AutoCloseable {
    private static final String FILE = "ifbus.lock";

    /** POSIX drops a process's lock as soon as any descriptor of the file closes, so a second attempt from within must not touch it. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Throws {@link DataDirectoryInUse}, or {@link StoreFailure} when the directory cannot be made or written. */
    static DirectoryLock take(Path wanted) {
        Path directory = make(wanted);
        if (!HELD.add(directory)) throw new DataDirectoryInUse(directory, Long.toString(ProcessHandle.current().pid()));
        @Nullable DirectoryLock taken = null;
        try {
            taken = lock(directory);
            return taken;
        } finally {
            if (taken == null) HELD.remove(directory);
        }
    }

    private static Path make(Path wanted) {
        try {
            Files.createDirectories(wanted);
            return wanted.toRealPath();
        } catch (IOException e) {
            throw new StoreFailure("data directory " + wanted + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static DirectoryLock lock(Path directory) {
        try {
            FileChannel channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock == null) throw new DataDirectoryInUse(directory, holder(channel));
                channel.truncate(0);
                channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII)), 0);
                return new DirectoryLock(directory, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StoreFailure("data directory " + directory + " cannot be locked: " + e.getMessage(), e);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), java.nio.charset.StandardCharsets.US_ASCII).strip();
        return text.matches("\\d+") ? text : "";
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreFailure("lock on " + directory + " cannot be released", e);
        } finally {
            HELD.remove(directory);
        }
    }
}
