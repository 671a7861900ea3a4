package org.infrafabric.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.infrafabric.media.AudioPort.Encoding;

/** RTP payloads of something to say, made once: for load drivers, which must not spend their time on encoding. */
public final class SpokenPackets {
    private SpokenPackets() {}

    /**
     * A tone, 20 ms a packet.
     *
     * @param hertz of the tone; below half of the encoding's rate
     * @param count of packets, in the order in which they are to be sent
     */
    public static List<byte[]> tone(Encoding encoding, double hertz, int count) {
        SpeechEncoder encoder = new Codecs(encoding == Encoding.OPUS ? LibOpus.found() : Optional.empty()).encoder(encoding, OpusTerms.USUAL);
        List<byte[]> packets = new ArrayList<>(count);
        int[] frame = new int[encoding.frame()];
        byte[] packet = new byte[SpeechEncoder.MAX_PAYLOAD];
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < frame.length; k++)
                frame[k] = (int) (4_000 * Math.sin(2 * Math.PI * hertz * (i * frame.length + k) / (50.0 * frame.length)));
            packets.add(Arrays.copyOf(packet, encoder.encode(frame, packet)));
        }
        encoder.close();
        return List.copyOf(packets);
    }
}
