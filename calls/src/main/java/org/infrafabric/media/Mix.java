package org.infrafabric.media;

import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * The sum of one tick, in 32 bits so that nothing is cut off before it must be, and its packets for all who only listen.
 *
 * <p>Narrowband voices are summed at 8 kHz and wideband voices at 16 kHz, each as they come. Who hears narrowband hears the one sum and the other brought down;
 * who hears wideband hears the other and the one brought up. So a tick takes one filter each way, however many parties there are, none where all are narrowband;
 * and a party's own voice, which is never filtered on the way to its own ears, can be taken out of what it hears without a rest.
 */
final class Mix {
    private static final int FORGET = 500;                                // ticks after which an encoder that nobody hears gives its memory back

    private final Codecs codecs;
    private final int[] narrow = new int[Frames.NARROW];
    private int[] wide = {};
    private int[] narrowTotal = narrow;
    private int[] wideTotal = {};
    private int[] lowered = {};                                           // all at 8 kHz
    private int[] raised = {};                                            // all at 16 kHz
    private @Nullable HalfBand up;
    private @Nullable HalfBand down;
    private boolean narrowSounds;
    private boolean wideSounds;
    private boolean upRings;
    private boolean downRings;
    private boolean upDone;
    private boolean downDone;

    private final @Nullable Shared[] whole = new Shared[Encoding.values().length];
    private final @Nullable Shared[] silent = new Shared[Encoding.values().length];
    private final int[] nothing = new int[Frames.WIDE];

    /** Packets that several hear: made once a tick. */
    private static final class Shared {
        final SpeechEncoder encoder;
        final byte[] packet = new byte[SpeechEncoder.MAX_PAYLOAD];
        int length;
        boolean done;
        int unused;

        Shared(SpeechEncoder encoder) { this.encoder = encoder; }
    }

    Mix(Codecs codecs) { this.codecs = codecs; }

    void clear() {
        Arrays.fill(narrow, 0);
        Arrays.fill(wide, 0);
        narrowSounds = false;
        wideSounds = false;
        upDone = false;
        downDone = false;
        begin(whole);
        begin(silent);
    }

    /** A voice, of 160 samples at 8 kHz or 320 at 16 kHz. */
    void add(short[] samples) {
        if (samples.length == Frames.NARROW) {
            for (int i = 0; i < Frames.NARROW; i++) narrow[i] += samples[i];
            narrowSounds = true;
            return;
        }
        if (wide.length == 0) wide = new int[Frames.WIDE];
        for (int i = 0; i < Frames.WIDE; i++) wide[i] += samples[i];
        wideSounds = true;
    }

    void add(Playback playback) {
        if (!playback.isPlaying()) return;
        playback.addTo(narrow);
        narrowSounds = true;
    }

    /** Whether anything is in it. */
    boolean sounds() { return narrowSounds || wideSounds || upRings || downRings; }

    /** The whole at the rate of a frame of {@code out}'s length. */
    void whole(int[] out) {
        int[] total = total(out.length);
        System.arraycopy(total, 0, out, 0, out.length);
    }

    /** What a party hears that spoke itself: all but its own. */
    void without(short[] own, int[] out) {
        int[] total = total(out.length);
        for (int i = 0; i < out.length; i++) out[i] = total[i] - own[i];
    }

    /** The whole, cut off where it leaves 16 bits. */
    void whole(short[] out) {
        int[] total = total(out.length);
        for (int i = 0; i < out.length; i++) out[i] = (short) G711.clamp(total[i]);
    }

    /** Encodes the whole, or silence, once a tick however many hear it; gives the length of what then stands in {@link #packet}. */
    int encode(Encoding encoding, boolean silence) {
        Shared shared = shared(encoding, silence);
        if (!shared.done) {
            shared.length = shared.encoder.encode(silence ? nothing : total(encoding.frame()), shared.packet);
            shared.done = true;
        }
        return shared.length;
    }

    byte[] packet(Encoding encoding, boolean silence) { return shared(encoding, silence).packet; }

    /** The encoder behind it, for who goes on with one of its own. */
    SpeechEncoder encoder(Encoding encoding, boolean silence) {
        return shared(encoding, silence).encoder;
    }

    SpeechEncoder newEncoder(Encoding encoding, OpusTerms terms) { return codecs.encoder(encoding, terms); }

    void close() {
        for (int i = 0; i < whole.length; i++) {
            drop(whole, i);
            drop(silent, i);
        }
    }

    private static void begin(@Nullable Shared[] all) {
        for (int i = 0; i < all.length; i++) {
            Shared each = all[i];
            if (each == null) continue;
            each.unused = each.done ? 0 : each.unused + 1;
            each.done = false;
            if (each.unused == FORGET) drop(all, i);
        }
    }

    private static void drop(@Nullable Shared[] all, int at) {
        Shared each = all[at];
        if (each != null) each.encoder.close();
        all[at] = null;
    }

    private Shared shared(Encoding encoding, boolean silence) {
        @Nullable Shared[] all = silence ? silent : whole;
        Shared shared = all[encoding.ordinal()];
        if (shared == null) all[encoding.ordinal()] = shared = new Shared(codecs.encoder(encoding, OpusTerms.USUAL));
        return shared;
    }

    private int[] total(int frame) { return frame == Frames.NARROW ? narrowTotal() : wideTotal(); }

    private int[] narrowTotal() {
        if (downDone) return narrowTotal;
        downDone = true;
        narrowTotal = narrow;
        if (!wideSounds && !downRings) return narrowTotal;
        if (down == null) {
            down = new HalfBand();
            lowered = new int[Frames.NARROW];
        }
        down.down(wide, lowered, Frames.NARROW);
        downRings = wideSounds;
        for (int i = 0; i < Frames.NARROW; i++) lowered[i] += narrow[i];
        narrowTotal = lowered;
        return narrowTotal;
    }

    private int[] wideTotal() {
        if (upDone) return wideTotal;
        upDone = true;
        if (wide.length == 0) wide = new int[Frames.WIDE];
        wideTotal = wide;
        if (!narrowSounds && !upRings) return wideTotal;
        if (up == null) {
            up = new HalfBand();
            raised = new int[Frames.WIDE];
        }
        up.up(narrow, raised, Frames.NARROW);
        upRings = narrowSounds;
        for (int i = 0; i < Frames.WIDE; i++) raised[i] += wide[i];
        wideTotal = raised;
        return wideTotal;
    }
}
