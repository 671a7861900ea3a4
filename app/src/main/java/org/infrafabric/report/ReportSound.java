package org.infrafabric.report;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.record.RecordedFile;
import org.infrafabric.witness.Entry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sounds of a report: players with the outline of what they play, the moments of the story at which a mix can be entered, and whether each file is the one that
 * the log names. A take begins with the first answer of its life (see {@code call_answered}), so a moment's place in it is the time since then.
 */
final class ReportSound {
    /** What is embedded at most; a longer sound is named, not played. */
    private static final long MOST_BYTES = 40L << 20;

    /** A mix that is embedded: where it begins, how long it is, which player of the page has it. */
    private record Mix(Instant from, double seconds, int player) {}

    private final List<RecordedFile> files;
    private final Map<String, String> named = new LinkedHashMap<>(); // what the log says: file name → hex SHA-256
    private final Map<Integer, Instant> begun;                       // by take
    private final List<Mix> mixes = new ArrayList<>();
    private final List<String> changed = new ArrayList<>();
    private final List<String> unnamed = new ArrayList<>();
    private long left = MOST_BYTES;
    private int players;

    /** @param files in the order of {@link RecordedFile#in} */
    ReportSound(List<RecordedFile> files, List<Entry> entries) {
        this.files = files;
        begun = beginnings(entries, files.stream().mapToInt(RecordedFile::take).distinct().boxed().toList());
        for (Entry entry : entries) {
            if (!entry.event().equals("recording_written")) continue;
            for (JsonNode file : payload(entry).path("files")) named.put(file.path("name").asString(""), file.path("sha256").asString(""));
        }
    }

    /** None where it cannot be told: there are not as many lives with an answer as takes. */
    private static Map<Integer, Instant> beginnings(List<Entry> entries, List<Integer> takes) {
        List<Instant> answers = new ArrayList<>();
        boolean waiting = true;
        for (Entry entry : entries) {
            if (entry.event().equals("council_resumed") || entry.event().equals("ringing") && payload(entry).path("restarted").asBoolean(false))
                waiting = true;
            if (!waiting || !entry.event().equals("call_answered")) continue;
            answers.add(Rfc3339.parse(entry.time()));
            waiting = false;
        }
        Map<Integer, Instant> begun = new HashMap<>();
        if (answers.size() == takes.size()) for (int i = 0; i < answers.size(); i++) begun.put(takes.get(i), answers.get(i));
        return begun;
    }

    /** Whether there is a mix that moments can play; known once it was written. */
    boolean audible() { return !mixes.isEmpty(); }

    void write(Html html) throws IOException {
        if (files.isEmpty()) return;
        html.raw("<section><h2>What was said</h2>");
        int take = 1;
        for (RecordedFile file : files) {
            if (file.take() != take) html.element("h3", "", "Recording " + file.take() + ", after the bus was started again");
            take = file.take();
            figure(html, file);
        }
        html.raw("</section>");
    }

    private void figure(Html html, RecordedFile file) throws IOException {
        html.raw("<figure class=\"card sound" + (file.mix() ? " mix" : "") + "\">").raw("<figcaption>").element("strong", "",
                (file.mix() ? "Everybody" : file.party()) + (file.part() > 1 ? ", part " + file.part() : ""));
        if (!Files.isRegularFile(file.file()) || Files.size(file.file()) > left) {
            if (Files.isRegularFile(file.file())) hold(file, Sha256.hex(file.file()));
            html.raw("</figcaption>").element("p", "hint", "Not embedded; the file is " + file.file()).raw("</figure>");
            return;
        }
        byte[] wav = Files.readAllBytes(file.file());
        hold(file, Sha256.hex(wav));
        left -= wav.length;
        Optional<Waveform> wave = Waveform.of(wav);
        wave.ifPresent(found -> html.element("span", "hint", Gist.span(Math.round(found.seconds() * 1_000))));
        html.raw("</figcaption>");
        wave.ifPresent(found -> html.raw("<div class=\"outline\">").raw(found.svg("Loudness of " + file.party())).raw("<i></i></div>"));
        html.raw("<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,").raw(Base64.getEncoder().encodeToString(wav))
                .raw("\"></audio></figure>");
        Instant from = begun.get(file.take());
        if (file.mix() && from != null && wave.isPresent()) mixes.add(new Mix(from.plus(file.after()), wave.get().seconds(), players));
        players++;
    }

    /** The time of an entry: a button where there is something to hear, else its text alone. */
    void moment(Html html, Entry entry, String time, String what) {
        Instant then = Rfc3339.parse(entry.time());
        for (Mix mix : mixes) {
            double at = Duration.between(mix.from(), then).toMillis() / 1_000.0;
            if (at < 0 || at >= mix.seconds()) continue;
            html.raw(String.format(Locale.ROOT, "<button type=\"button\" class=\"at\" data-player=\"%d\" data-at=\"%.3f\" aria-label=\"",
                    mix.player(), at))
                    .text("Listen from " + time + ", " + what)
                    .raw("\">").text("▸ " + time).raw("</button>");
            return;
        }
        html.element("span", "at", time);
    }

    private void hold(RecordedFile file, String sha256) {
        String name = String.valueOf(file.file().getFileName()), due = named.get(name);
        if (due == null) unnamed.add(name);
        else if (!due.equals(sha256)) changed.add(name);
    }

    /** What the files are worth, held against the log; known once they were written. */
    void proofs(Html html) {
        List<String> here = files.stream().map(file -> String.valueOf(file.file().getFileName())).toList();
        List<String> gone = named.keySet().stream().filter(name -> !here.contains(name)).toList();
        int same = named.size() - changed.size() - gone.size();
        if (same > 0) Report.proof(html, "good", same + (same == 1 ? " recording is" : " recordings are") + ", byte for byte, what the log names.");
        for (String name : changed) Report.proof(html, "bad", name + " is not what the log names: it was changed after the log was told its hash.");
        for (String name : gone) Report.proof(html, "open", name + ", which the log names, is not there any more.");
        for (String name : unnamed)
            Report.proof(html, "open", name + " has no hash in the log: it was still being written, or the bus died while it was.");
    }

    private static JsonNode payload(Entry entry) { return JsonMapper.shared().readTree(entry.json()).path("payload"); }
}
