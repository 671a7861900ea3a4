package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The UDP datagrams over IPv4 in a capture that is still being written (pcapng, as this machine's tshark writes it), read on from where it was. One thread. */
final class PcapNg {
    private static final int SECTION = 0x0A0D0D0A, INTERFACE = 1, PACKET = 6;
    private static final int LITTLE_ENDIAN = 0x1A2B3C4D;
    private static final int ETHERNET = 1, ETHERNET_HEADER = 14, IP_V4 = 0x0800, UDP = 17, UDP_HEADER = 8;
    private static final int TIME_RESOLUTION = 9; // an option of the interface's block: 10^-n s

    private final Path file;
    private final List<Datagram> seen = new ArrayList<>();
    private long at;
    private long ticksASecond = 1_000_000;

    PcapNg(Path file) { this.file = file; }

    /** All so far. */
    List<Datagram> datagrams() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer more = ByteBuffer.allocate((int) (channel.size() - at)).order(ByteOrder.LITTLE_ENDIAN);
            while (more.hasRemaining() && channel.read(more, at + more.position()) > 0) continue;
            more.flip();
            while (more.remaining() >= 12) {
                int length = more.getInt(more.position() + 4);
                if (length > more.remaining()) break; // the rest of it is still to be written
                block(more.getInt(more.position()), more.slice(more.position() + 8, length - 12).order(ByteOrder.LITTLE_ENDIAN));
                more.position(more.position() + length);
            }
            at += more.position();
        }
        return List.copyOf(seen);
    }

    private void block(int type, ByteBuffer body) throws IOException {
        switch (type) {
            case SECTION -> {
                if (body.getInt() != LITTLE_ENDIAN) throw new IOException(file + " was written on another kind of machine");
            }
            case INTERFACE -> {
                if (body.getShort() != ETHERNET) throw new IOException(file + " is no capture of Ethernet frames, as those of the loopback are");
                body.position(8);
                while (body.remaining() >= 4) {
                    int option = body.getShort(), length = body.getShort();
                    if (option == TIME_RESOLUTION) ticksASecond = Math.round(Math.pow(10, body.get(body.position())));
                    body.position(Math.min(body.limit(), body.position() + (length + 3 & ~3)));
                }
            }
            case PACKET -> {
                long ticks = Integer.toUnsignedLong(body.getInt(4)) << 32 | Integer.toUnsignedLong(body.getInt(8));
                frame(Instant.ofEpochSecond(ticks / ticksASecond, ticks % ticksASecond * (1_000_000_000L / ticksASecond)),
                        body.slice(20, body.getInt(12)));
            }
            default -> {}
        }
    }

    private void frame(Instant time, ByteBuffer frame) {
        if (frame.remaining() < ETHERNET_HEADER + 20 + UDP_HEADER || frame.getShort(12) != IP_V4 || frame.get(ETHERNET_HEADER + 9) != UDP) return;
        int udp = ETHERNET_HEADER + 4 * (frame.get(ETHERNET_HEADER) & 0x0f);
        byte[] payload = new byte[Math.min(Short.toUnsignedInt(frame.getShort(udp + 4)), frame.limit() - udp) - UDP_HEADER];
        frame.get(udp + UDP_HEADER, payload);
        seen.add(new Datagram(time, Short.toUnsignedInt(frame.getShort(udp)), Short.toUnsignedInt(frame.getShort(udp + 2)), payload));
    }
}
