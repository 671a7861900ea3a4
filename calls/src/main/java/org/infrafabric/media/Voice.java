package org.infrafabric.media;

import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.jspecify.annotations.Nullable;

/**
 * What one party is sent: the packets that all listeners share, for as long as it hears what they hear, else packets of its own. Belongs to the media loop.
 *
 * <p>G.722 and Opus packets build on those before them. An encoder of its own therefore begins as a copy of the shared one; and it is kept for a second after it
 * was needed last, so that a talk with short pauses does not go to and fro.
 */
final class Voice {
    /** Nothing is to be sent in this tick. */
    static final int NOTHING = -1;
    /** Comfort noise is to be sent. */
    static final int HUSH = -2;

    private static final int KEEP_OWN = 50;                               // ticks
    private static final int FORGET_OWN = 1_000;
    private static final int HUSH_EACH = 10;

    private final Playback playback;
    private final Duck duck = new Duck();
    private Encoding encoding = Encoding.PCMU;
    private OpusTerms terms = OpusTerms.USUAL;
    private boolean comfortNoise;
    private @Nullable SpeechEncoder own;
    private boolean usesOwn;
    private int sinceNeeded;
    private boolean joined;
    private boolean speaks;
    private int hushed;
    private @Nullable HalfBand raise;                                     // prompts come at 8 kHz
    private int[] prompt = {};
    private int[] raised = {};
    private byte[] payload = {};

    Voice(Playback playback) { this.playback = playback; }

    void expect(Negotiated media) {
        OpusTerms wanted = media.encoding() == Encoding.OPUS ? OpusTerms.of(media.wishes()) : OpusTerms.USUAL;
        if (media.encoding() != encoding || !wanted.equals(terms) || !media.sending()) close();
        encoding = media.encoding();
        terms = wanted;
        comfortNoise = media.wishes().comfortNoise() && encoding.frame() == Frames.NARROW;
    }

    /** The bytes that {@link #make} made. Shared: not to be changed. */
    byte[] payload() { return payload; }

    /** Before anything of this tick is encoded: sees whether it will need packets of its own. */
    void prepare(Mix mix, boolean inMix, boolean contributes) {
        boolean silenceBefore = !joined;
        joined = inMix;
        speaks = contributes;
        if (stateless()) return;
        if (!shares()) sinceNeeded = 0;
        else sinceNeeded++;
        if (sinceNeeded == FORGET_OWN) close();
        boolean uses = sinceNeeded < KEEP_OWN && (own != null || sinceNeeded == 0);
        if (uses && !usesOwn) {
            SpeechEncoder encoder = own;
            if (encoder == null) own = encoder = mix.newEncoder(encoding, terms);
            if (terms.equals(OpusTerms.USUAL)) encoder.copyFrom(mix.encoder(encoding, silenceBefore));
        }
        usesOwn = uses;
    }

    /** Makes this tick's payload; gives its length, or {@link #NOTHING} or {@link #HUSH}. */
    int make(Scratch scratch, Mix mix, short[] said, boolean sending) {
        boolean prompting = playback.isPlaying();
        boolean plain = shares();
        if (plain && comfortNoise && !(joined && mix.sounds())) return hushed++ % HUSH_EACH == 0 ? HUSH : NOTHING;
        hushed = 0;
        if (plain && !usesOwn) {
            if (!sending) return NOTHING;
            int length = mix.encode(encoding, !joined);
            payload = mix.packet(encoding, !joined);
            return length;
        }
        int[] hears = scratch.hears(encoding.frame());
        if (!joined) Arrays.fill(hears, 0);
        else if (speaks) mix.without(said, hears);
        else mix.whole(hears);
        if (!duck.idle(prompting)) duck.apply(prompting, hears);
        if (prompting) addPrompt(hears);
        if (!sending) return NOTHING;
        SpeechEncoder encoder = own;
        if (encoder == null) encoder = mix.encoder(encoding, false);      // one without state, which all may use
        payload = scratch.packet;
        return encoder.encode(hears, payload);
    }

    void close() {
        if (own != null) own.close();
        own = null;
        usesOwn = false;
        sinceNeeded = FORGET_OWN;
    }

    /** Whether it hears in this tick what others hear too. */
    private boolean shares() {
        return duck.idle(playback.isPlaying()) && !speaks && terms.equals(OpusTerms.USUAL);
    }

    private boolean stateless() { return encoding.frame() == Frames.NARROW; }

    private void addPrompt(int[] hears) {
        if (hears.length == Frames.NARROW) {
            playback.addTo(hears);
            return;
        }
        if (raise == null) {
            raise = new HalfBand();
            prompt = new int[Frames.NARROW];
            raised = new int[Frames.WIDE];
        }
        Arrays.fill(prompt, 0);
        playback.addTo(prompt);
        raise.up(prompt, raised, Frames.NARROW);
        for (int i = 0; i < hears.length; i++) hears[i] += raised[i];
    }
}
