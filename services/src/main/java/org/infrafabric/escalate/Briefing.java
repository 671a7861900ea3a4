package org.infrafabric.escalate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The words that people hear. Short sentences, the keys last, since that is what a caller remembers. Of the message only what is meant for people is spoken: who
 * asks, hazards, severity, summary, names of evidence; never an address, a key or the evidence itself.
 */
final class Briefing {
    /** About a minute of speech; the rest is on the dashboard. */
    private static final int SUMMARY_CHARACTERS = 900;
    private static final int SHORT_CHARACTERS = 300;
    private static final int MOST_EVIDENCE = 5;
    private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*:/*(agent/)?");
    private static final Pattern MARKS = Pattern.compile("[/_.:~-]+");

    private static final String VOTE_KEYS = "To vote: press 1 to approve, 2 to reject, 3 to abstain. Press star to take your vote back.";
    private static final Map<Phrase, String> STANDING = new EnumMap<>(Map.of(
            Phrase.TAKEN, "Somebody else has taken the case. Thank you. Goodbye.",
            Phrase.DECLINED, "We will ask somebody else. Goodbye.",
            Phrase.WAIT, "Please stay on the line. The guardians are being called.",
            Phrase.DECIDE, "The decision is yours. Press 1 to approve. Press 2 to reject.",
            Phrase.OPEN, "The expert is here. Voting is open. " + VOTE_KEYS,
            Phrase.TALK, "The council is open. Please speak.",
            Phrase.APPROVED, "You approve.",
            Phrase.REJECTED, "You reject.",
            Phrase.ABSTAINED, "You abstain.",
            Phrase.WITHDRAWN, "Your vote is taken back."));

    private final Matter matter;

    Briefing(Matter matter) { this.matter = matter; }

    /** @param how how it ended, for {@link Phrase#OUTCOME} */
    String words(Phrase phrase, String how) {
        String standing = STANDING.get(phrase);
        if (standing != null) return standing;
        return switch (phrase) {
            case ACCEPT -> "This is I F bus. A software agent needs a person to decide in a matter of " + hazards() + "." + severity()
                    + " Press 1 to take the case. Press 2 to decline.";
            case JOIN -> "This is I F bus. The council is called, in a matter of " + hazards() + "." + severity()
                    + " Press 1 to join. Press 2 to decline.";
            case BRIEFING -> "Thank you. " + asks() + severity() + " It says: " + summary(SUMMARY_CHARACTERS) + evidence();
            case SUMMARY -> "You are in the council. " + asks() + severity() + inShort() + " Please wait for the expert. Voting is not open yet.";
            case LATE_SUMMARY -> "You are in the council, and voting is open. " + asks() + severity() + inShort() + " " + VOTE_KEYS;
            case OUTCOME -> outcome(how);
            default -> throw new IllegalStateException("no words for " + phrase);
        };
    }

    /** What is the same in every escalation, to be rendered before there is one. */
    static List<String> standing() {
        return Stream.concat(STANDING.values().stream(), Stream.of("approve", "reject", "hold").map(Briefing::outcome)).toList();
    }

    private static String outcome(String how) { return "The outcome is: " + how + ". Goodbye."; }

    /** A few words for a phone's display. */
    String subject() { return "Escalation: " + String.join(", ", matter.hazards()); }

    /** {@code if://agent/swarm/legal-1} is spoken as "swarm legal 1". */
    static String spoken(String uri) {
        return MARKS.matcher(SCHEME.matcher(uri).replaceFirst("")).replaceAll(" ").strip();
    }

    private String asks() { return "The agent " + spoken(matter.source()) + " asks about " + hazards() + "."; }

    private String hazards() {
        List<String> all = matter.hazards();
        if (all.isEmpty()) return "general concern";
        return all.size() == 1 ? spoken(all.getFirst())
                : String.join(", ", all.subList(0, all.size() - 1).stream().map(Briefing::spoken).toList()) + " and " + spoken(all.getLast());
    }

    private String severity() { return matter.severity().isEmpty() ? "" : " The severity is " + matter.severity() + "."; }

    /** In the words of the briefing where it is short already, so that it is rendered once. */
    private String inShort() {
        return (matter.summary().strip().length() <= SHORT_CHARACTERS ? " It says: " : " In short: ") + summary(SHORT_CHARACTERS);
    }

    private String summary(int most) {
        String text = matter.summary().strip();
        if (text.isEmpty()) return "nothing more.";
        if (text.length() > most)
            return text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, most))) + ". The text goes on; see the dashboard.";
        return text.endsWith(".") || text.endsWith("?") || text.endsWith("!") ? text : text + ".";
    }

    private String evidence() {
        List<String> names = matter.evidence().stream().limit(MOST_EVIDENCE).map(Briefing::spoken).toList();
        int more = matter.evidence().size() - names.size();
        if (names.isEmpty()) return "";
        return " The evidence is: " + String.join(", ", names) + (more > 0 ? ", and " + more + " more." : ".");
    }
}
