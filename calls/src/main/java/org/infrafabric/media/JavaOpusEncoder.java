package org.infrafabric.media;

import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusBandwidth;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import io.github.jaredmdobson.concentus.OpusSignal;

/** Opus (RFC 6716) in Java, where libopus is missing: two to four times the work, and garbage with each packet. */
final class JavaOpusEncoder implements SpeechEncoder {
    private final OpusEncoder encoder;
    private final short[] frame = new short[Frames.WIDE];

    JavaOpusEncoder(OpusTerms terms) {
        try {
            encoder = new OpusEncoder(OpusTerms.RATE, 1, OpusApplication.OPUS_APPLICATION_VOIP);
        } catch (OpusException impossible) {
            throw new IllegalStateException(impossible);
        }
        encoder.setBitrate(terms.bitrate());
        encoder.setUseVBR(!terms.constantBitrate());
        encoder.setComplexity(OpusTerms.COMPLEXITY);
        encoder.setSignalType(OpusSignal.OPUS_SIGNAL_VOICE);
        encoder.setMaxBandwidth(terms.wide() ? OpusBandwidth.OPUS_BANDWIDTH_WIDEBAND : OpusBandwidth.OPUS_BANDWIDTH_NARROWBAND);
        encoder.setUseInbandFEC(true);
        encoder.setPacketLossPercent(OpusTerms.EXPECTED_LOSS_PERCENT);
    }

    @Override
    public int encode(int[] sums, byte[] out) {
        for (int i = 0; i < Frames.WIDE; i++) frame[i] = (short) G711.clamp(sums[i]);
        try {
            return encoder.encode(frame, 0, Frames.WIDE, out, 0, MAX_PAYLOAD);
        } catch (OpusException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Its state cannot be copied: a new beginning, which a listener may hear as a faint click. */
    @Override
    public void copyFrom(SpeechEncoder other) { encoder.resetState(); }

    @Override
    public void close() {}
}
