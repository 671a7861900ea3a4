package org.infrafabric.speech;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.infrafabric.media.Pcm;

/** A text as its sentences, and their sound as one. */
final class Sentences {
    /** Less is an abbreviation or a number more often than a sentence; it goes with what follows. */
    private static final int SHORTEST = 8;

    private Sentences() {}

    /** The sentences in their order, one at least; joined by spaces they are the text. Marks alone go with a sentence beside them. */
    static List<String> of(String text) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        breaks.setText(text);
        List<String> sentences = new ArrayList<>();
        int from = 0; // of the one that is growing
        int before = 0; // of the last one
        for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
            String sentence = text.substring(from, end).strip();
            boolean last = end == text.length();
            if (sayable(sentence) && (last || end - from >= SHORTEST)) {
                sentences.add(sentence);
                before = from;
                from = end;
            } else if (last && !sentences.isEmpty()) {
                sentences.set(sentences.size() - 1, text.substring(before).strip());
            }
        }
        return sentences.isEmpty() ? List.of(text) : sentences;
    }

    /** A voice fails on what has no words, and with it would go all that stands beside. */
    private static boolean sayable(String sentence) {
        return sentence.codePoints().anyMatch(Character::isLetterOrDigit);
    }

    /** One after another; each voice leaves its own pause at the end of a sentence. All have one rate. */
    static Pcm joined(List<Pcm> sentences) {
        if (sentences.size() == 1) return sentences.getFirst();
        short[] all = new short[sentences.stream().mapToInt(sentence -> sentence.samples().length).sum()];
        int at = 0;
        for (Pcm sentence : sentences) {
            System.arraycopy(sentence.samples(), 0, all, at, sentence.samples().length);
            at += sentence.samples().length;
        }
        return new Pcm(all, sentences.getFirst().rate());
    }
}
