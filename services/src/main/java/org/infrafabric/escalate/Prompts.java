package org.infrafabric.escalate;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;
import org.infrafabric.speech.Voice;

/**
 * One escalation's phrases as sound, asked for before they are needed. It keeps none of it: what is worth keeping the voice keeps, and a thousand calls that
 * wait hold no sound. Owner's thread.
 */
final class Prompts {
    private final Voice voice;
    private final Briefing briefing;
    private final Set<Phrase> asked = EnumSet.noneOf(Phrase.class);
    private String how = "";

    Prompts(Voice voice, Briefing briefing) {
        this.voice = voice;
        this.briefing = briefing;
    }

    /** Has these rendered, once. */
    void ahead(List<Phrase> phrases) {
        for (Phrase phrase : phrases) {
            if (!asked.add(phrase)) continue;
            try {
                voice.ahead(briefing.words(phrase, how));
            } catch (RuntimeException broken) {
                asked.remove(phrase); // whoever needs it will hear of it
            }
        }
    }

    /** From now on {@link Phrase#OUTCOME} says this. */
    void outcome(String decision) {
        how = decision.replace('-', ' ');
        ahead(List.of(Phrase.OUTCOME));
    }

    /** In the parts in which it can be said. What fails is for the conference to see, which sounds a tone instead. */
    List<CompletableFuture<Pcm>> of(Phrase phrase) {
        try {
            return voice.sentences(briefing.words(phrase, how));
        } catch (RuntimeException broken) {
            return List.of(CompletableFuture.failedFuture(broken));
        }
    }

    /** The same in one. */
    CompletableFuture<Pcm> whole(Phrase phrase) {
        try {
            return voice.speak(briefing.words(phrase, how));
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }
}
