package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A capture file of a tone in G.711 A-law, 20 ms a packet, for sipp's {@code play_pcap_audio}. Its SSRC is that of the telephone-events that
 * sip-tester brings, so that speech and digits of one phone come from one source, as RFC 4733 §2.2 has it.
 */
public final class RtpPcap {
    private static final int SSRC = 0x0e05384e;
    private static final int SAMPLES = 160;
    private static final int HEADERS = 14 + 20 + 8 + 12;

    private RtpPcap() {}

    /** Writes {@code seconds} of a sine of {@code hertz} at -12 dB full scale. */
    public static Path tone(Path file, double hertz, double seconds) throws IOException {
        int packets = (int) (seconds * 50), length = HEADERS + SAMPLES;
        ByteBuffer out = ByteBuffer.allocate(24 + packets * (16 + length)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(65535).putInt(1); // Ethernet
        for (int packet = 0; packet < packets; packet++) {
            out.order(ByteOrder.LITTLE_ENDIAN).putInt(packet / 50).putInt(packet % 50 * 20_000).putInt(length).putInt(length)
                    .order(ByteOrder.BIG_ENDIAN);
            out.put(new byte[12]).putShort((short) 0x0800);
            out.put((byte) 0x45).put((byte) 0).putShort((short) (length - 14)).putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0)
                    .putInt(0x7f000001).putInt(0x7f000001);
            out.putShort((short) 49176).putShort((short) 10000).putShort((short) (8 + 12 + SAMPLES)).putShort((short) 0);
            out.put((byte) 0x80).put((byte) (packet == 0 ? 0x88 : 8)).putShort((short) (20_000 + packet)).putInt(1_000_000 + packet * SAMPLES)
                    .putInt(SSRC);
            for (int i = 0; i < SAMPLES; i++) out.put(aLaw((int) (8192 * Math.sin(2 * Math.PI * hertz * (packet * SAMPLES + i) / 8000))));
        }
        Files.write(file, out.array());
        return file;
    }

    /** ITU-T G.711 A-law of a 16-bit sample. */
    static byte aLaw(int sample) {
        int sign = sample >= 0 ? 0xd5 : 0x55, magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32767) >> 3;
        int segment = magnitude < 32 ? 0 : Math.min(7, 31 - Integer.numberOfLeadingZeros(magnitude) - 4);
        int mantissa = segment == 0 ? magnitude >> 1 : magnitude >> segment & 0x0f;
        return (byte) ((segment << 4 | mantissa & 0x0f) ^ sign);
    }

    /** The 16-bit sample of an A-law byte. */
    static int linear(int aLaw) {
        int value = aLaw ^ 0x55, segment = value >> 4 & 7, mantissa = (value & 0x0f) << 4;
        int magnitude = segment == 0 ? mantissa + 8 : mantissa + 0x108 << segment - 1;
        return (value & 0x80) != 0 ? magnitude : -magnitude;
    }
}
