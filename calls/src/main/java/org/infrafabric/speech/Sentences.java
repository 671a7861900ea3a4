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

    /** The sentences in their order, one at least; joined by spaces they are the text. */
    static List<String> of(String text) {
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        breaks.setText(text);
        List<String> sentences = new ArrayList<>();
        int from = 0;
        for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
            if (end - from < SHORTEST && end < text.length()) continue;
            String sentence = text.substring(from, end).strip();
            if (!sentence.isEmpty()) sentences.add(sentence);
            from = end;
        }
        return sentences.isEmpty() ? List.of(text) : sentences;
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
