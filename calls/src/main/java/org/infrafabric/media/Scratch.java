package org.infrafabric.media;

import java.nio.ByteBuffer;

/** What one media loop works with, packet after packet, so that none of them allocates. */
final class Scratch {
    final ByteBuffer in = ByteBuffer.allocateDirect(2_048);
    final ByteBuffer out = ByteBuffer.allocateDirect(512);
    final RtpPacket rtp = new RtpPacket();
    final short[] decoded = new short[JitterBuffer.MAX_PACKET];
    final int[] hears = new int[JitterBuffer.FRAME];
    final byte[] codes = new byte[JitterBuffer.FRAME];
}
