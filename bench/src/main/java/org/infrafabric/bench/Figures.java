package org.infrafabric.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one run showed.
 *
 * @param sent escalations asked for; {@code refused}: answered with anything but 202
 * @param ring message fully read → the expert's 180, as the bus reports it, in ms
 * @param audio message fully read → first RTP packet from the expert, in ms
 * @param answered POST sent → 202 read, measured by the client, in ms
 * @param outcomes how many ended in which decision
 * @param entries in the log; {@code expected}: what one escalation of this kind writes, times their number
 * @param startMillis process start → ready line
 */
record Figures(Load load, int sent, int refused, Spread ring, Spread audio, Spread answered, Map<String, Integer> outcomes, long entries,
        long expected, long rssIdleKb,
        long rssPeakKb, long startMillis, double cpuSeconds) {

    static Map<String, Integer> counted(List<String> words) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : words) counts.merge(word, 1, Integer::sum);
        return counts;
    }

    /** All were taken, all rang, all ended, and the log holds what it should. */
    boolean whole() {
        return refused == 0 && ring.sorted().length == sent && !outcomes.containsKey("none") && entries == expected;
    }

    String text() {
        return String.format(Locale.ROOT, """
                %s
                  sent %d, refused %d; ended: %s
                  message → 180          %s
                  message → first audio  %s
                  POST → 202             %s
                  log: %d entries, %d expected
                  bus: start %d ms, memory idle %d MB, peak %d MB, CPU %.1f s
                """, load.name(), sent, refused, outcomes, ring.text(), audio.text(), answered.text(), entries, expected, startMillis,
                rssIdleKb / 1024, rssPeakKb / 1024, cpuSeconds);
    }

    ObjectNode json(ObjectNode into) {
        into.put("load", load.name()).put("sent", sent).put("refused", refused).put("ringP50", ring.percentile(50)).put("ringP99",
                ring.percentile(99));
        into.put("audioP50", audio.percentile(50)).put("audioP99", audio.percentile(99)).put("postP50", answered.percentile(50)).put("postP99",
                answered.percentile(99));
        into.put("entries", entries).put("expected", expected).put("startMillis", startMillis).put("rssIdleKb", rssIdleKb).put("rssPeakKb", rssPeakKb)
                .put("cpuSeconds", cpuSeconds);
        ObjectNode ended = into.putObject("outcomes");
        outcomes.forEach(ended::put);
        return into;
    }
}
