package org.infrafabric.call;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.AudioBridge;

/** Where a conference's recording goes: given to a bridge as its tap, and asked for its files when the bridge is closed. */
public interface Tape {
    AudioBridge.Tap tap();

    /** Completes, on whatever thread, when the tap has ended and the files are on the disk; the mix first. Empty when nothing was recorded. */
    CompletableFuture<List<Written>> written();

    /** A finished file. {@code sha256}: lower-case hex of its bytes. */
    record Written(String name, Path file, long bytes, String sha256) {}

    /** Opens tapes. {@code name} is made of characters that an IFMessage id may have; any thread. */
    @FunctionalInterface
    interface Recorder {
        Tape open(String name);
    }
}
