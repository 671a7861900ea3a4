package org.infrafabric.speech;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;

/** Turns text into speech. Any thread; what blocks runs on threads of its own. */
public interface Voice extends AutoCloseable {
    /** Speech at 8000 samples a second, or failed with {@link java.io.IOException} when this voice cannot speak now. */
    CompletableFuture<Pcm> speak(String text);

    /** The same sentence by sentence, so that the first can be heard while the others are on their way. One at least; after one that fails, all that follow fail. */
    default List<CompletableFuture<Pcm>> sentences(String text) {
        return List.of(speak(text));
    }

    /** Begins to render what is to be spoken later, where that can be kept; whoever asks for it finds it done, or under way. */
    default void ahead(String text) {}

    /** Renders these one after another and keeps them for good, so that no call waits for them and they can be said even when no voice can speak any more. */
    default void keep(List<String> texts) {}

    /** About how long a text that is asked for now would wait for its turn, in milliseconds: so long would people who are called now hear nothing. */
    default long behindMillis() {
        return 0;
    }

    /** For logs and {@code /metrics}: which filling this is. */
    String name();

    /** Gives back its threads and connections; speaks no more. */
    @Override
    default void close() {}
}
