package org.infrafabric.media;

import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;

/** Opus (RFC 6716) in Java, where libopus is missing. */
final class JavaOpusDecoder implements SpeechDecoder {
    private static final int LONGEST = OpusTerms.RATE * 120 / 1_000;

    private static final byte[] NOTHING = {};

    private final OpusDecoder decoder;

    JavaOpusDecoder() {
        try {
            decoder = new OpusDecoder(OpusTerms.RATE, 1);
        } catch (OpusException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public int rate() { return OpusTerms.RATE; }

    @Override
    public void restart() { decoder.resetState(); }

    @Override
    public int decode(byte[] payload, int length, short[] out, int from) {
        return length == 0 ? 0 : run(payload, length, out, from, Math.min(LONGEST, out.length - from), false);
    }

    @Override
    public boolean conceal(short[] out, int from, int lost) { return lost <= LONGEST && run(NOTHING, 0, out, from, lost, false) == lost; }

    @Override
    public boolean recover(byte[] next, int length, short[] out, int from, int lost) {
        return length > 0 && lost <= LONGEST && run(next, length, out, from, lost, true) == lost;
    }

    @Override
    public void close() {}

    private int run(byte[] payload, int length, short[] out, int from, int most, boolean correctLoss) {
        try {
            return decoder.decode(payload, 0, length, out, from, most, correctLoss);
        } catch (OpusException | RuntimeException notOpus) {              // hostile payloads reach its array bounds before its checks
            return 0;
        }
    }
}
