package org.infrafabric.escalate;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;
import org.infrafabric.speech.Voice;

/** One escalation's phrases as sound, rendered before they are needed and once. Owner's thread. */
final class Prompts {
    private final Voice voice;
    private final Briefing briefing;
    private final Map<Phrase, CompletableFuture<Pcm>> rendered = new EnumMap<>(Phrase.class);
    private String how = "";

    Prompts(Voice voice, Briefing briefing) {
        this.voice = voice;
        this.briefing = briefing;
    }

    /** Begins to render these. */
    void ahead(Phrase... phrases) {
        for (Phrase phrase : phrases) {
            var unused = of(phrase);
        }
    }

    /** From now on {@link Phrase#OUTCOME} says this. */
    void outcome(String decision) {
        how = decision.replace('-', ' ');
        rendered.remove(Phrase.OUTCOME);
        ahead(Phrase.OUTCOME);
    }

    CompletableFuture<Pcm> of(Phrase phrase) {
        return rendered.computeIfAbsent(phrase, wanted -> {
            try {
                return voice.speak(briefing.words(wanted, how));
            } catch (RuntimeException broken) {
                return CompletableFuture.failedFuture(broken); // the conference plays a tone instead; the call goes on
            }
        });
    }
}
