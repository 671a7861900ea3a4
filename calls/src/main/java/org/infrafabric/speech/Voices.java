package org.infrafabric.speech;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;

/**
 * The bus's voice: makes text fit to be spoken ({@link SpokenText}), has it spoken by the best voice that can, brings it to one loudness,
 * sentence by sentence,
 * and keeps each for the next time: of most texts only the case itself is new.
 */
public final class Voices implements Voice {
    /** Ten minutes of speech, 9.6 MB. */
    private static final long KEPT_SAMPLES = 600L * 8000;

    private final VoiceChain chain;
    private final SpeechCache cache;
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
        List<CompletableFuture<Pcm>> said = new ArrayList<>();
        // One after another: whoever speaks long must not be taken for somebody who keeps the voice busy.
        CompletableFuture<?> before = CompletableFuture.completedFuture(null);
        for (String sentence : Sentences.of(SpokenText.of(text, longestText))) {
            CompletableFuture<Pcm> speech = before.thenCompose(unused -> cache.of(sentence, () -> chain.speak(sentence).thenApply(Loudness::even)));
            said.add(speech);
            before = speech;
        }
        return before.thenApply(unused -> Sentences.joined(said.stream().map(CompletableFuture::join).toList()));
    }

    /** Says these now and keeps them for good, so that no call waits for them. Done when all are there; failed when one of them is not. */
    public CompletableFuture<Void> prepare(Collection<String> prompts) {
        return CompletableFuture.allOf(prompts.stream().map(prompt -> {
            Sentences.of(SpokenText.of(prompt, longestText)).forEach(cache::pin);
            return speak(prompt);
        }).toArray(CompletableFuture[]::new));
    }

    /** The voice that speaks at the moment. */
    @Override
    public String name() { return chain.name(); }

    @Override
    public void close() { chain.close(); }
}
