package org.infrafabric.escalate;

import java.util.List;
import java.util.regex.Pattern;

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

    private final Matter matter;

    Briefing(Matter matter) { this.matter = matter; }

    /** @param how how it ended, for {@link Phrase#OUTCOME} */
    String words(Phrase phrase, String how) {
        return switch (phrase) {
            case ACCEPT -> "This is I F bus. A software agent needs a person to decide in a matter of " + hazards() + "." + severity()
                    + " Press 1 to take the case. Press 2 to decline.";
            case JOIN -> "This is I F bus. The council is called, in a matter of " + hazards() + "." + severity()
                    + " Press 1 to join. Press 2 to decline.";
            case TAKEN -> "Somebody else has taken the case. Thank you. Goodbye.";
            case DECLINED -> "We will ask somebody else. Goodbye.";
            case BRIEFING -> "Thank you. " + asks() + severity() + " It says: " + summary(SUMMARY_CHARACTERS) + evidence();
            case WAIT -> "Please stay on the line. The guardians are being called.";
            case DECIDE -> "The decision is yours. Press 1 to approve. Press 2 to reject.";
            case SUMMARY -> "You are in the council. " + asks() + severity() + " In short: " + summary(SHORT_CHARACTERS)
                    + " Please wait for the expert. Voting is not open yet.";
            case LATE_SUMMARY ->
                "You are in the council, and voting is open. " + asks() + severity() + " In short: " + summary(SHORT_CHARACTERS) + " "
                        + VOTE_KEYS;
            case OPEN -> "The expert is here. Voting is open. " + VOTE_KEYS;
            case TALK -> "The council is open. Please speak.";
            case APPROVED -> "You approve.";
            case REJECTED -> "You reject.";
            case ABSTAINED -> "You abstain.";
            case WITHDRAWN -> "Your vote is taken back.";
            case OUTCOME -> "The outcome is: " + how + ". Goodbye.";
        };
    }

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
