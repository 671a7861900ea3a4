package org.infrafabric.media;

import java.nio.ByteBuffer;

/** What one media loop works with, packet after packet, so that none of them allocates. */
final class Scratch {
    final Codecs codecs;
    final PacketPool pool = new PacketPool();
    final ByteBuffer in = ByteBuffer.allocateDirect(2_048);
    final ByteBuffer out = ByteBuffer.allocateDirect(512);
    final RtpPacket rtp = new RtpPacket();
    final byte[] packet = new byte[SpeechEncoder.MAX_PAYLOAD];
    private final int[] narrow = new int[Frames.NARROW];
    private final int[] wide = new int[Frames.WIDE];

    Scratch(Codecs codecs) { this.codecs = codecs; }

    /** Room for what one party hears in a tick. */
    int[] hears(int frame) { return frame == Frames.NARROW ? narrow : wide; }
}
