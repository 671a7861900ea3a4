package org.infrafabric.media;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Turns one source's packets as they come into 20 ms as they are due: an adaptive jitter buffer with the decoders behind it. Belongs to the media loop; time is
 * the bridge's ticks, in {@linkplain Frames units}.
 *
 * <ul>
 * <li>Sound is held back for as long as {@link DelayEstimate} asks; the delay grows and shrinks by {@link Stretch}, or in a silence at no cost.
 * <li>A packet that is missing while later ones wait is taken for lost: Opus may still find it in the next packet, else it is concealed. If none waits, it is
 * concealed without giving it up: whatever comes then is played, later than before.
 * <li>A gap in time without one in the numbers is a silence that the sender did not send (DTX): comfort noise if it described some, else nothing.
 * </ul>
 */
final class Playout {
    private static final int JUMP = 8_000;                                // a gap of more than a second is a clock that was set, not a silence that fits
    private static final int BACK = 100 * Frames.UNITS;
    private static final int EXCESS = 60;                                 // more than 7.5 ms too much delay are worth a correction
    private static final int SHORTAGE = 80;
    private static final int FAR_TOO_MUCH = 5 * Frames.UNITS;             // 100 ms: correct in each frame, and not too gently
    private static final int ABSURD = 25 * Frames.UNITS;                  // 500 ms: cut
    private static final int CORRECT_EACH = 5;                            // frames
    private static final int SHED_AFTER = 500;                            // frames of rest, 10 s, after which memory is given back
    private static final short[] NOTHING = {};

    private final Codecs codecs;
    private final PacketQueue queue;
    private final DelayEstimate delay = new DelayEstimate();
    private final @Nullable SpeechDecoder[] decoders = new SpeechDecoder[Encoding.values().length];
    private final int rate;
    private final int frame;
    private final Concealment concealment;
    private @Nullable SpeechDecoder last;
    private @Nullable ComfortNoise noise;
    private @Nullable Converter converter;

    private short[] sound = NOTHING;                                      // decoded, not yet played
    private int filled;
    private int real;                                                     // up to here it is more than silence
    private long due;                                                     // time of the next sample to be decoded
    private long now;
    private boolean begun;
    private boolean resting = true;                                       // nothing is being played: what comes next may wait as long as it should
    private int holding;
    private long missed;                                                  // made up without giving up what is due
    private boolean quiet;                                                // the source sends something else than sound
    private boolean noisy;                                                // the source described its silence
    private int sinceCorrection;
    private int rested;

    private long played;
    private long concealed;
    private long late;

    /** @param rate of what {@link #take} gives: 8000 or 16000 */
    Playout(int rate, Codecs codecs, PacketPool pool) {
        this.rate = rate;
        this.frame = rate / 50;
        this.codecs = codecs;
        this.queue = new PacketQueue(pool);
        this.concealment = new Concealment(rate);
    }

    /** Forgets the stream; the next packet begins another. */
    void restart() {
        queue.restart();
        delay.restart();
        concealment.restart();
        for (SpeechDecoder decoder : decoders) if (decoder != null) decoder.restart();
        filled = 0;
        real = 0;
        begun = false;
        resting = true;
        holding = 0;
        missed = 0;
        noisy = false;
    }

    /** Gives back all memory, its own and that of decoders. Another packet may come all the same. */
    void shed() {
        restart();
        sound = NOTHING;
        for (int i = 0; i < decoders.length; i++) {
            SpeechDecoder decoder = decoders[i];
            if (decoder != null) decoder.close();
            decoders[i] = null;
        }
        last = null;
    }

    /**
     * Takes a copy of a packet's payload.
     *
     * @param kind the encoding's ordinal, {@link PacketQueue#EVENT} or {@link PacketQueue#NOISE}
     * @param at when it came, as {@link #take}'s time
     */
    void put(int sequence, long time, int kind, ByteBuffer packet, int offset, int length, long at) {
        PacketQueue.Taken taken = queue.put(sequence, time, kind, packet, offset, length);
        if (taken == PacketQueue.Taken.FAR) {                             // so much is missing that nothing of it would still be waited for
            queue.restart();
            resting = true;
            taken = queue.put(sequence, time, kind, packet, offset, length);
        }
        if (kind == PacketQueue.EVENT) quiet = true;
        else if (taken != PacketQueue.Taken.DOUBLE) delay.arrived(at, time);
        if (taken == PacketQueue.Taken.LATE) late++;
        begun = true;
    }

    /** Fills {@code out}, 20 ms at this rate, with what is due at {@code at}; false when that is silence because nothing came. */
    boolean take(short[] out, long at) {
        now = at;
        if (!begun || resting && queue.isEmpty() && filled == 0) {
            Arrays.fill(out, (short) 0);
            if (begun && noisy) return hiss(out);
            if (begun && ++rested == SHED_AFTER) shed();
            return false;
        }
        if (sound.length == 0) sound = new short[4 * frame];
        while (filled < frame) step(frame - filled);
        correct();
        System.arraycopy(sound, 0, out, 0, frame);
        filled -= frame;
        System.arraycopy(sound, frame, sound, 0, filled);
        boolean sounds = real > 0;
        real = Math.max(0, real - frame);
        played += Frames.UNITS;
        return sounds;
    }

    /** Units played since it was made, and how many of them were made up. */
    long played() { return played; }

    long concealed() { return concealed; }

    /** Packets that came too late to be played. */
    long late() { return late; }

    /** How far behind the quickest packet sound is being played, in units. */
    long behind() { return delay.behind(now, due - units(filled)); }

    int target() { return delay.target(); }

    /** Appends something, at least one sample and perhaps more than {@code want}, or brings the queue forward. */
    private void step(int want) {
        if (holding > 0) {
            int wait = Math.min(want, samples(holding));
            holding -= units(wait);
            silence(wait);
            return;
        }
        if (!queue.find()) {
            idle(want);
            return;
        }
        if (queue.kind() == PacketQueue.EVENT) {
            queue.remove();
            quiet = true;
            return;
        }
        if (resting) {
            begin();
            if (holding > 0) return;
        }
        long gap = queue.time() - due;
        if (gap > JUMP || gap < -BACK) {
            due = queue.time();
            missed = 0;
            gap = 0;
        }
        if (gap > 0 && missed > 0) {                                      // part of it has been made up while nothing was there
            long made = Math.min(gap, missed);
            due += made;
            missed -= made;
            gap -= made;
        }
        if (gap > 0) bridge(gap, want);
        else decode();
    }

    /** After a rest: the first packet is held for what it is quicker than it might be. */
    private void begin() {
        resting = false;
        if (queue.missing() > 0) concealed += Math.clamp(queue.time() - due - missed, 0, (long) rested * Frames.UNITS); // it was no silence but a long loss
        rested = 0;
        due = queue.time();
        missed = 0;
        holding = (int) Math.clamp(delay.target() - delay.behind(now, due), 0, delay.target());
        concealment.silence();
    }

    /** No packet waits. */
    private void idle(int want) {
        if (quiet || noisy || concealment.over()) {
            resting = true;
            silence(want);
            return;
        }
        missed += units(conceal(want));
    }

    /** The next packet is of a later time. */
    private void bridge(long gap, int want) {
        if (queue.missing() == 0) {                                       // not lost but never sent
            int silent = Math.min(want, samples(gap));
            due += units(silent);
            silence(silent);
            return;
        }
        int length = samples(gap);
        SpeechDecoder decoder = decoderOf(queue.kind());
        if (queue.missing() == 1 && decoder != null && decoder.rate() == rate && length <= sound.length - filled
                && decoder.recover(queue.payload(), queue.length(), sound, filled, length)) {
            append(length);
            concealment.heard(sound, filled - length, length);
            due += gap;
            return;
        }
        due += units(conceal(Math.min(want, length)));
    }

    private void decode() {
        int kind = queue.kind();
        due = queue.time();
        if (kind == PacketQueue.NOISE) {
            if (noise == null) noise = new ComfortNoise();
            noise.describe(queue.payload(), queue.length());
            noisy = true;
            queue.remove();
            return;
        }
        SpeechDecoder decoder = decoderOf(kind);
        int made = decoder == null ? 0 : decoder.decode(queue.payload(), queue.length(), sound, filled);
        if (made == 0 && decoder != null && sound.length < 8 * frame) {   // a long packet: room is made once
            sound = Arrays.copyOf(sound, 8 * frame);
            made = decoder.decode(queue.payload(), queue.length(), sound, filled);
        }
        queue.remove();
        if (made == 0 || decoder == null) return;
        last = decoder;
        if (decoder.rate() != rate) made = convert(decoder.rate(), made);
        concealment.join(sound, filled, made);
        concealment.heard(sound, filled, made);
        append(made);
        due += units(made);
        missed = 0;
        quiet = false;
        noisy = false;
    }

    /** A peer may send another encoding than it is sent. */
    private int convert(int from, int made) {
        if (converter == null) converter = new Converter();
        if (from > rate) return converter.down(sound, filled, made);
        int fits = Math.min(made, (sound.length - filled) / 2);
        return converter.up(sound, filled, fits);
    }

    private void correct() {
        if (resting || holding > 0 || concealment.active()) return;
        long excess = behind() - delay.target();
        sinceCorrection++;
        if (excess > ABSURD) cut(excess);
        else if (excess > FAR_TOO_MUCH) shorten(true);
        else if (sinceCorrection < CORRECT_EACH) return;
        else if (excess > EXCESS) shorten(false);
        else if (excess < -SHORTAGE) lengthen();
    }

    private void shorten(boolean hurry) {
        if (filled < 2 * frame && queue.find() && queue.missing() == 0 && queue.time() == due && queue.kind() < PacketQueue.EVENT) decode();
        int out = Stretch.shorten(sound, filled, frame, rate, hurry);
        if (out > 0) sinceCorrection = 0;
        filled -= out;
        real = Math.min(real, filled);
    }

    private void lengthen() {
        int in = Stretch.lengthen(sound, filled, rate);
        if (in > 0) sinceCorrection = 0;
        filled += in;
        if (real > 0) real += in;
    }

    /** Lets go of packets until the delay is what it should be: what piled up during a stall would be heard late for seconds. */
    private void cut(long excess) {
        while (excess > 0 && queue.find() && queue.size() > 1) {
            long time = queue.time();
            queue.remove();
            if (!queue.find()) return;
            excess -= Math.max(1, queue.time() - time);
            due = queue.time();
        }
    }

    private int conceal(int want) {
        SpeechDecoder decoder = last;
        boolean byCodec = decoder != null && decoder.rate() == rate && concealment.wanted() && sound.length - filled >= frame
                && decoder.conceal(sound, filled, frame);
        int length = byCodec ? frame : want;
        boolean sounds = byCodec || concealment.fill(sound, filled, length);
        if (byCodec) concealment.passed(sound, filled, length);
        concealed += units(length);
        if (sounds) append(length);
        else filled += length;
        return length;
    }

    private void silence(int length) {
        Arrays.fill(sound, filled, filled + length, (short) 0);
        if (noisy && noise != null) {
            noise.fill(sound, filled, length);
            append(length);
        } else filled += length;
        concealment.silence();
    }

    private boolean hiss(short[] out) {
        ComfortNoise described = noise;
        if (described == null) return false;
        described.fill(out, 0, out.length);
        return true;
    }

    private void append(int length) {
        filled += length;
        real = filled;
    }

    private @Nullable SpeechDecoder decoderOf(int kind) {
        if (kind >= decoders.length) return null;
        SpeechDecoder decoder = decoders[kind];
        if (decoder == null) decoders[kind] = decoder = codecs.decoder(Codecs.encoding(kind));
        return decoder;
    }

    private int units(int samples) { return samples * 8_000 / rate; }

    private int samples(long units) { return (int) (units * rate / 8_000); }
}
