package org.infrafabric.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.witness.Entry;

/**
 * The sounds of a report: players with the outline of what they play, and the moments of the story at which the mix can be entered. Recording begins with the first answer
 * (see {@code call_answered}), so a moment's place in it is the time since then.
 */
final class ReportSound {
    /** What is embedded at most; a longer sound is named, not played. */
    private static final long MOST_BYTES = 40L << 20;

    private final List<Report.Sound> sounds;
    private final Optional<Instant> begun;
    private double seconds;

    ReportSound(List<Report.Sound> sounds, List<Entry> entries) {
        this.sounds = sounds;
        begun = entries.stream().filter(entry -> entry.event().equals("call_answered")).findFirst().map(entry -> Rfc3339.parse(entry.time()));
    }

    /** Whether there is a mix that moments can play; known once it was written. */
    boolean audible() { return seconds > 0 && begun.isPresent(); }

    void write(Html html) throws IOException {
        if (sounds.isEmpty()) return;
        html.raw("<section><h2>What was said</h2>");
        long left = MOST_BYTES;
        for (Report.Sound sound : sounds) {
            boolean mix = sound.party().equals("mix");
            html.raw("<figure class=\"card sound" + (mix ? " mix" : "") + "\">").raw("<figcaption>").element("strong", "",
                    mix ? "Everybody" : sound.party());
            if (!Files.isRegularFile(sound.file()) || Files.size(sound.file()) > left) {
                html.raw("</figcaption>").element("p", "hint", "Not embedded; the file is " + sound.file()).raw("</figure>");
                continue;
            }
            byte[] wav = Files.readAllBytes(sound.file());
            left -= wav.length;
            Optional<Waveform> wave = Waveform.of(wav);
            wave.ifPresent(found -> html.element("span", "hint", Gist.span(Math.round(found.seconds() * 1_000))));
            if (mix && seconds == 0) seconds = wave.map(Waveform::seconds).orElse(0.0);
            html.raw("</figcaption>");
            wave.ifPresent(found -> html.raw("<div class=\"outline\">").raw(found.svg("Loudness of " + sound.party())).raw("<i></i></div>"));
            html.raw("<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,").raw(Base64.getEncoder().encodeToString(wav))
                    .raw("\"></audio></figure>");
        }
        html.raw("</section>");
    }

    /** The time of an entry: a button where there is something to hear, else its text alone. */
    void moment(Html html, Entry entry, String time, String what) {
        double at = begun.map(start -> Duration.between(start, Rfc3339.parse(entry.time())).toMillis() / 1_000.0).orElse(-1.0);
        if (!audible() || at < 0 || at >= seconds) {
            html.element("span", "at", time);
            return;
        }
        html.raw(String.format(Locale.ROOT, "<button type=\"button\" class=\"at\" data-at=\"%.3f\" aria-label=\"", at))
                .text("Listen from " + time + ", " + what)
                .raw("\">").text("▸ " + time).raw("</button>");
    }
}
