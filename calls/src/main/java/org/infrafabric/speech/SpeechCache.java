package org.infrafabric.speech;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.infrafabric.media.Pcm;

/**
 * What was said, by its text: bounded by samples and texts, least recently used out first. Who asks for what is just being spoken waits for the same speech. Failures are not kept. Any thread.
 */
final class SpeechCache {
    /** Texts in all, also those being spoken. */
    private static final int MOST_TEXTS = 1000;

    private final long mostSamples;
    private final Map<String, CompletableFuture<Pcm>> said = new LinkedHashMap<>(64, 0.75f, true);
    private long samples;

    SpeechCache(long mostSamples) { this.mostSamples = mostSamples; }

    CompletableFuture<Pcm> of(String text, Supplier<CompletableFuture<Pcm>> speak) {
        CompletableFuture<Pcm> speech = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<Pcm> kept = said.get(text);
            if (kept != null) return kept.copy(); // a copy, so that no caller can complete or cancel it for the others
            said.put(text, speech);
            makeRoom();
        }
        CompletableFuture<Pcm> unused = speak.get().whenComplete((pcm, failure) -> {
            if (failure == null) {
                count(text, speech, pcm);
                speech.complete(pcm);
            } else {
                forget(text, speech);
                speech.completeExceptionally(failure);
            }
        });
        return speech.copy();
    }

    synchronized int texts() { return said.size(); }

    synchronized long samples() { return samples; }

    private synchronized void count(String text, CompletableFuture<Pcm> speech, Pcm pcm) {
        if (said.get(text) != speech) return; // pushed out meanwhile
        samples += pcm.samples().length;
        speech.complete(pcm);
        makeRoom();
    }

    private synchronized void forget(String text, CompletableFuture<Pcm> speech) { said.remove(text, speech); }

    private void makeRoom() {
        Iterator<Map.Entry<String, CompletableFuture<Pcm>>> eldest = said.entrySet().iterator();
        while ((samples > mostSamples || said.size() > MOST_TEXTS) && eldest.hasNext()) {
            Map.Entry<String, CompletableFuture<Pcm>> entry = eldest.next();
            if (entry.getValue().isDone()) samples -= entry.getValue().join().samples().length;
            eldest.remove();
        }
    }
}
