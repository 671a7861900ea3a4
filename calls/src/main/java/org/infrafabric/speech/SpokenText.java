package org.infrafabric.speech;

import java.text.Normalizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text from anywhere made fit to be spoken: no control characters, no markup that a speech engine might obey, no endless words, a bounded
 * length. What is left out is not hidden from the listener: tags lose their brackets but keep their words.
 */
final class SpokenText {
    static final String REST = "The rest is on the dashboard.";
    static final String NOTHING = "No text.";

    /** Beyond this a word is a code (a hash, a key) that nobody can follow by ear. */
    private static final int LONGEST_WORD = 32;
    /** What is looked at of a text at all, as a multiple of what may be spoken. */
    private static final int LOOKED_AT = 4;

    private static final Pattern LINK = Pattern.compile("(?i)\\b(?:https?|wss?|ftp)://([A-Za-z0-9.-]{1,80})[^\\s<>\"]{0,2000}");
    private static final Pattern LESS = Pattern.compile("<(?=\\s?\\.?\\d)");
    private static final Pattern MORE = Pattern.compile(">(?=\\s?\\.?\\d)");
    /** Letters, marks, digits, and the punctuation that a voice makes something of. */
    private static final Pattern UNSPEAKABLE = Pattern.compile("[^\\p{L}\\p{M}\\p{N}.,;:!?'\"()/%$€£#@+=\\- ]+");
    private static final Pattern REPEATED_MARK = Pattern.compile("([^\\p{L}\\p{M}\\p{N} ])\\1+");
    private static final Pattern SPACES = Pattern.compile(" {2,}");
    private static final Pattern LONG_WORD = Pattern.compile("[^\\s]{" + (LONGEST_WORD + 1) + ",}");
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?][\"')]?(?= |$)");

    private SpokenText() {}

    /** @param longest characters of the result, 80 at least */
    static String of(String text, int longest) {
        boolean cut = text.length() > longest * LOOKED_AT;
        String s = cut ? text.substring(0, longest * LOOKED_AT) : text;
        s = Normalizer.normalize(s, Normalizer.Form.NFKC);
        s = s.replace('\u2019', '\'').replace('\u2018', '\'').replace('\u201c', '"').replace('\u201d', '"').replace("\u2026", ".")
                .replaceAll("[\u2013\u2014]", ", ");
        s = LINK.matcher(s).replaceAll(link -> Matcher.quoteReplacement("a link to " + link.group(1)));
        s = LESS.matcher(s).replaceAll(" less than ");
        s = MORE.matcher(s).replaceAll(" more than ");
        s = s.replace("&", " and ");
        s = UNSPEAKABLE.matcher(s).replaceAll(" ");
        s = REPEATED_MARK.matcher(s).replaceAll("$1");
        s = LONG_WORD.matcher(s).replaceAll(word -> Matcher.quoteReplacement(shortened(word.group())));
        s = SPACES.matcher(s).replaceAll(" ").strip();
        if (s.codePoints().noneMatch(Character::isLetterOrDigit)) return NOTHING;
        return s.length() <= longest && !cut ? s : cut(s, longest - REST.length() - 2);
    }

    /** A long run with breaks in it (a path, a list without spaces) is taken apart; one without is named by its start. */
    private static String shortened(String word) {
        StringBuilder spoken = new StringBuilder();
        for (String part : word.split("(?<=[.,;:!?()/=\"-])", -1)) {
            boolean code = part.codePointCount(0, part.length()) > LONGEST_WORD && part.codePoints().allMatch(c -> c < 0x250);
            spoken.append(code ? part.substring(0, 6) + " and so on" : part).append(' ');
        }
        return spoken.toString();
    }

    private static String cut(String text, int longest) {
        int limit = Math.min(longest, text.length());
        String head = text.substring(0, limit);
        int end = 0;
        Matcher sentence = SENTENCE_END.matcher(head);
        while (sentence.find())
            end = sentence.end();
        if (end > limit / 2) return head.substring(0, end) + " " + REST;
        int space = text.lastIndexOf(' ', limit);
        String words = space > limit / 2 ? head.substring(0, space) : wholeCharacters(head);
        return words.replaceAll("[ ,;:(-]+$", "") + ". " + REST;
    }

    private static String wholeCharacters(String head) {
        return Character.isHighSurrogate(head.charAt(head.length() - 1)) ? head.substring(0, head.length() - 1) : head;
    }

    /**
     * The same for voices that read English only: other Latin letters lose their accents, words of other scripts are announced instead
     * of being left out silently.
     */
    static String english(String text) {
        String s = text.replace("ß", "ss").replace("æ", "ae").replace("Æ", "Ae").replace("ø", "o").replace("Ø", "O").replace("ł", "l")
                .replace("Ł", "L").replace("€", " euro ")
                .replace("£", " pound ");
        s = Normalizer.normalize(s, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
        s = s.replaceAll("[^\\x20-\\x7e]+(?:[ .,]+[^\\x20-\\x7e]+)*", " words in another script ");
        s = SPACES.matcher(s).replaceAll(" ").strip();
        return s.length() <= text.length() + 200 ? s : cut(s, text.length() + 200);
    }
}
