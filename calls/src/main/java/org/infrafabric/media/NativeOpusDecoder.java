package org.infrafabric.media;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Opus (RFC 6716) by libopus, at 16 kHz whatever the sender's bandwidth; two channels come as one. */
final class NativeOpusDecoder implements SpeechDecoder {
    private static final int LONGEST = OpusTerms.RATE * 120 / 1_000;

    private final LibOpus opus;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state;
    private final MemorySegment packet = arena.allocate(PacketPool.LARGE);
    private final MemorySegment samples = arena.allocate(ValueLayout.JAVA_SHORT, LONGEST);

    NativeOpusDecoder(LibOpus opus) {
        this.opus = opus;
        this.state = arena.allocate(opus.decoderSize(), 16);
        OpusTerms.require(opus.decoderInit(state, OpusTerms.RATE));
    }

    @Override
    public int rate() { return OpusTerms.RATE; }

    @Override
    public void restart() { OpusTerms.require(opus.decoderControl(state, LibOpus.RESET_STATE, 0)); }

    @Override
    public int decode(byte[] payload, int length, short[] out, int from) {
        return length == 0 ? 0 : read(payload, length, out, from, Math.min(LONGEST, out.length - from), false);
    }

    @Override
    public boolean conceal(short[] out, int from, int lost) { return lost <= LONGEST && run(0, out, from, lost, false) == lost; }

    @Override
    public boolean recover(byte[] next, int length, short[] out, int from, int lost) {
        return length > 0 && lost <= LONGEST && read(next, length, out, from, lost, true) == lost;
    }

    @Override
    public void close() { arena.close(); }

    private int read(byte[] payload, int length, short[] out, int from, int most, boolean correctLoss) {
        MemorySegment.copy(payload, 0, packet, ValueLayout.JAVA_BYTE, 0, length);
        return run(length, out, from, most, correctLoss);
    }

    private int run(int length, short[] out, int from, int most, boolean correctLoss) {
        int made = opus.decode(state, packet, length, samples, most, correctLoss);
        if (made <= 0) return 0;                                          // a payload that is no Opus, or longer than there is room for
        MemorySegment.copy(samples, ValueLayout.JAVA_SHORT, 0, out, from, made);
        return made;
    }
}
