package org.infrafabric.speech;

import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;

/** Turns text into speech. Any thread; what blocks runs on threads of its own. */
public interface Voice extends AutoCloseable {
    /** Speech at 8000 samples a second, or failed with {@link java.io.IOException} when this voice cannot speak now. */
    CompletableFuture<Pcm> speak(String text);

    /** For logs and {@code /metrics}: which filling this is. */
    String name();

    /** Gives back its threads and connections; speaks no more. */
    @Override
    default void close() {}
}
