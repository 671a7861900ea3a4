package org.infrafabric.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.testkit.Ports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench conference}: what one conference over real RTP costs; room and phones are processes of their own, pinned to different cores. */
@Command(name = "conference", mixinStandardHelpOptions = true,
        description = "CPU a party, late mixes and lost packets of one conference over real RTP on the loopback.")
final class ConferenceBench implements Callable<Integer> {
    /** Measured elsewhere with 25 G.711 parties; Debian 12 has no Asterisk, so none runs beside us. */
    private static final double ASTERISK_PERCENT = 0.33;

    @Option(names = "--parties", defaultValue = "25", description = "2 to 200 (default: 25).") private int parties;

    @Option(names = "--speaking", description = "How many of them say something; the others send silence (default: all).") private int speaking = -1;

    @Option(names = "--seconds", defaultValue = "60", description = "How long is measured, after the warm-up (default: 60).") private int seconds;

    @Option(names = "--warm-up", defaultValue = "15", description = "Seconds before that (default: 15).") private int warmUp;

    @Option(names = "--codec", split = ",", defaultValue = "PCMU",
            description = "PCMU, PCMA, G722, OPUS; of several, one a party by turns (default: PCMU).") private List<Encoding> codecs = List
                    .of(Encoding.PCMU);

    @Option(names = "--record", description = "Record all tracks meanwhile.") private boolean record;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() throws Exception {
        if (parties < 2 || parties > 200 || seconds < 1 || warmUp < 0) throw new IllegalArgumentException("2 to 200 parties, at least a second");
        int talkers = speaking < 0 ? parties : speaking;
        String names = String.join(",", codecs.stream().map(Encoding::name).toList());
        Path folder = Files.createTempDirectory("ifbus-bench");
        try (Pinned phones = Pinned.start(1, "conference-phones", "--parties", "" + parties, "--speaking", "" + talkers, "--codecs", names)) {
            String remotes = phones.line().substring("ports ".length()).replace(' ', ',');
            int firstPort = Ports.free(2 * parties + 2);
            List<String> room = new java.util.ArrayList<>(
                    List.of("conference-room", "--remotes", remotes, "--codecs", names, "--first-port", "" + firstPort));
            if (record) room.addAll(List.of("--record", folder.resolve("recording").toString()));
            try (Pinned subject = Pinned.start(0, room.toArray(String[]::new))) {
                phones.say(subject.line().substring("ports ".length()));
                System.err.println("bench: " + parties + " parties, " + names + ", " + warmUp + " s to warm up, then " + seconds + " s …");
                TimeUnit.SECONDS.sleep(warmUp);
                Counts heard = Counts.of(phones.ask()), mixed = Counts.of(subject.ask());
                double cpu = subject.cpuSeconds();
                long begun = System.nanoTime();
                TimeUnit.SECONDS.sleep(seconds);
                double took = (System.nanoTime() - begun) / 1e9;
                double used = subject.cpuSeconds() - cpu;
                Counts heardAfter = Counts.of(phones.ask()), mixedAfter = Counts.of(subject.ask());
                return report(subject.pinned(), names, talkers, 100 * used / took / parties, mixedAfter.late() - mixed.late(),
                        heardAfter.sent() - heard.sent(), mixedAfter.received() - mixed.received(), heardAfter.received() - heard.received(),
                        heardAfter.lost() - heard.lost(), subject.rssKb());
            }
        }
    }

    private int report(boolean pinned, String names, int talkers, double percent, long late, long sent, long arrived, long heard, long lost,
            long rssKb) {
        long expected = (long) parties * seconds * 50;
        if (json) {
            ObjectNode result = JsonMapper.builder().build().createObjectNode().put("parties", parties).put("speaking", talkers).put("codecs", names)
                    .put("seconds", seconds).put("recorded", record).put("pinned", pinned)
                    .put("cpuPercentAParty", Math.round(percent * 10_000) / 10_000.0)
                    .put("lateMixes", late).put("packetsSentByPhones", sent).put("packetsTakenByRoom", arrived).put("packetsHeardByPhones", heard)
                    .put("packetsLost", lost).put("packetsExpected", expected).put("rssKb", rssKb);
            System.out.println(result);
        } else {
            System.out.printf(Locale.ROOT, """
                    %d parties, %d speaking, %s, %d s%s%s
                      CPU a party     %.4f %% of a core (Asterisk 22 ConfBridge, measured elsewhere: %.2f %%; Debian 12 has none to run beside)
                      late mixes      %d
                      phones sent     %d, the room took %d
                      phones heard    %d of about %d, %d lost
                      memory          %d MB
                    """, parties, talkers, names, seconds, record ? ", recorded" : "", pinned ? "" : "; NOT pinned: no taskset, or one core", percent,
                    ASTERISK_PERCENT, late, sent, arrived, heard, expected, lost, rssKb / 1024);
        }
        return late == 0 && lost == 0 ? 0 : 1;
    }

    /** Counters as the processes print them: names and numbers by turns. */
    private record Counts(long late, long sent, long received, long lost) {
        static Counts of(String line) {
            String[] words = line.split(" ", -1);
            java.util.Map<String, Long> named = new java.util.HashMap<>();
            for (int i = 0; i + 1 < words.length; i += 2) named.put(words[i], Long.parseLong(words[i + 1]));
            return new Counts(named.getOrDefault("late", 0L), named.getOrDefault("sent", 0L), named.getOrDefault("received", 0L),
                    named.getOrDefault("lost", 0L));
        }
    }
}
