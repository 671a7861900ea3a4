package org.infrafabric.media;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Opus (RFC 6716) by libopus. Its state is one block of memory that may be copied as it is (opus.h), and goes when this is closed. */
final class NativeOpusEncoder implements SpeechEncoder {
    private final LibOpus opus;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state;
    private final MemorySegment samples = arena.allocate(ValueLayout.JAVA_SHORT, Frames.WIDE);
    private final MemorySegment packet = arena.allocate(MAX_PAYLOAD);
    private final short[] frame = new short[Frames.WIDE];

    NativeOpusEncoder(LibOpus opus, OpusTerms terms) {
        this.opus = opus;
        this.state = arena.allocate(opus.encoderSize(), 16);
        OpusTerms.require(opus.encoderInit(state, OpusTerms.RATE));
        set(LibOpus.SET_BITRATE, terms.bitrate());
        set(LibOpus.SET_VBR, terms.constantBitrate() ? 0 : 1);
        set(LibOpus.SET_COMPLEXITY, OpusTerms.COMPLEXITY);
        set(LibOpus.SET_SIGNAL, LibOpus.SIGNAL_VOICE);
        set(LibOpus.SET_MAX_BANDWIDTH, terms.wide() ? LibOpus.WIDEBAND : LibOpus.NARROWBAND);
        set(LibOpus.SET_INBAND_FEC, 1);
        set(LibOpus.SET_PACKET_LOSS_PERCENT, OpusTerms.EXPECTED_LOSS_PERCENT);
    }

    @Override
    public int encode(int[] sums, byte[] out) {
        for (int i = 0; i < Frames.WIDE; i++) frame[i] = (short) G711.clamp(sums[i]);
        MemorySegment.copy(frame, 0, samples, ValueLayout.JAVA_SHORT, 0, Frames.WIDE);
        int length = OpusTerms.require(opus.encode(state, samples, Frames.WIDE, packet));
        MemorySegment.copy(packet, ValueLayout.JAVA_BYTE, 0, out, 0, length);
        return length;
    }

    @Override
    public void copyFrom(SpeechEncoder other) { MemorySegment.copy(((NativeOpusEncoder) other).state, 0, state, 0, state.byteSize()); }

    @Override
    public void close() { arena.close(); }

    private void set(int request, int value) { OpusTerms.require(opus.encoderControl(state, request, value)); }
}
