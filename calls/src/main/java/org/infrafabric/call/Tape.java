package org.infrafabric.call;

import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.record.Recording;

/** What a conference records onto: given to its bridge as the tap, and asked for its files when the bridge is closed. */
public interface Tape {
    AudioBridge.Tap tap();

    /** Completes, on whatever thread, when the tap has ended and the files are on the disk. */
    CompletableFuture<Recording.Result> finished();

    static Tape of(Recording recording) {
        return new Tape() {
            @Override
            public AudioBridge.Tap tap() { return recording; }

            @Override
            public CompletableFuture<Recording.Result> finished() { return recording.finished(); }
        };
    }

    /** Begins a recording. {@code escalation}: an IFMessage's id. On the owner's thread; does not block. */
    @FunctionalInterface
    interface Recorder {
        Tape begin(String escalation);
    }
}
