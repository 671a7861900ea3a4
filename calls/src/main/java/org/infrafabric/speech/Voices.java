package org.infrafabric.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.infrafabric.media.Pcm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus's voice: makes text fit to be spoken ({@link SpokenText}), has it spoken by the best voice that can, brings it to one loudness,
 * sentence by sentence, and keeps each for the next time: of most texts only the case itself is new.
 */
public final class Voices implements Voice {
    private static final Logger LOG = LoggerFactory.getLogger(Voices.class);
    /** Twenty minutes of speech, 19.2 MB: what is rendered while a phone rings is still there when it is answered, dozens of times a second. */
    private static final long KEPT_SAMPLES = 1_200L * 8000;
    private static final int MOST_KEPT = 200;

    private final VoiceChain chain;
    private final SpeechCache cache;
    private final Map<String, Pcm> kept = new ConcurrentHashMap<>();
    private final int longestText;

    Voices(List<Voice> voices, int longestText, VoiceChain.Now now) {
        this.chain = new VoiceChain(voices, now);
        this.cache = new SpeechCache(KEPT_SAMPLES);
        this.longestText = longestText;
    }

    /**
     * The voices that the settings ask for and this machine has; the embedded one is always the last.
     *
     * @throws IllegalArgumentException when the settings cannot work (no endpoint where one is asked for, a key over plain http); says which one
     */
    public static Voices choose(VoiceSettings settings) {
        List<Voice> voices = new ArrayList<>();
        switch (settings.choice()) {
            case AUTO -> {
                settings.openAi().ifPresent(openAi -> voices.add(new OpenAiVoice(openAi, settings.timeout())));
                FliteVoice.find(settings).ifPresent(voices::add);
            }
            case OPENAI -> voices.add(new OpenAiVoice(
                    settings.openAi().orElseThrow(() -> new IllegalArgumentException("speech: openai is chosen, but no endpoint is configured")),
                    settings.timeout()));
            case FLITE -> voices.add(FliteVoice.find(settings).orElseThrow(
                    () -> new IllegalArgumentException(
                            "speech: flite is chosen, but there is no program '" + settings.flite() + "'; install flite, or give its path")));
            case EMBEDDED -> {}
        }
        voices.add(new EmbeddedVoice());
        return new Voices(voices, settings.longestText(), System::nanoTime);
    }

    /**
     * Speech of a text from anywhere: peak −6 dBFS, short fades, a faint noise floor. Same sentence, same speech, from memory where it is kept.
     */
    @Override
    public CompletableFuture<Pcm> speak(String text) {
        List<CompletableFuture<Pcm>> sentences = sentences(text);
        return sentences.getLast().thenApply(last -> Sentences.joined(sentences.stream().map(CompletableFuture::join).toList()));
    }

    @Override
    public void ahead(String text) {
        sentences(text);
    }

    @Override
    public void keep(List<String> texts) {
        CompletableFuture<?> before = CompletableFuture.completedFuture(null);
        for (String text : texts) before = before.thenCompose(then -> keep(text));
    }

    private CompletableFuture<Void> keep(String text) {
        return speak(text).handle((speech, failure) -> {
            if (failure != null) LOG.warn("A prompt could not be spoken ahead, and is asked for again when it is needed: {}", failure.getMessage());
            else if (kept.size() < MOST_KEPT) kept.put(text, speech);
            return null;
        });
    }

    @Override
    public List<CompletableFuture<Pcm>> sentences(String text) {
        Pcm known = kept.get(text);
        if (known != null) return List.of(CompletableFuture.completedFuture(known));
        List<CompletableFuture<Pcm>> said = new ArrayList<>();
        // One after another: whoever speaks long must not be taken for somebody who keeps the voice busy.
        CompletableFuture<?> before = CompletableFuture.completedFuture(null);
        for (String sentence : Sentences.of(SpokenText.of(text, longestText))) {
            CompletableFuture<Pcm> speech = before.thenCompose(then -> cache.of(sentence, () -> chain.speak(sentence).thenApply(Loudness::even)));
            said.add(speech);
            before = speech;
        }
        return said;
    }

    @Override
    public long behindMillis() { return chain.behindMillis(); }

    /** The voice that speaks at the moment. */
    @Override
    public String name() { return chain.name(); }

    @Override
    public void close() { chain.close(); }
}
