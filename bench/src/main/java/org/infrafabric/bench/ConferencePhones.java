package org.infrafabric.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.SpokenPackets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The load of {@code bench conference}, in a process of its own: phones that each send a packet every 20 ms, spread evenly over them, and count what they get. Prints
 * its ports, reads those of the room, then answers each line on stdin with its counters.
 */
@Command(name = "conference-phones", hidden = true)
final class ConferencePhones implements Callable<Integer> {
    private static final long TICK_NANOS = 20_000_000L;
    private static final int RTCP = 0xc0;                                 // packet types 192 to 223, RFC 5761 §4
    private static final int SOUND = 500;                                 // packets, ten seconds, again and again

    @Option(names = "--parties", required = true) private int parties;

    @Option(names = "--speaking", required = true, description = "How many say something; the others send silence.") private int speaking;

    @Option(names = "--codecs", split = ",", required = true) private List<Encoding> codecs = List.of();

    /** Payload type that the bench agrees on. */
    static int type(Encoding codec) { return codec == Encoding.OPUS ? 111 : codec.staticType(); }

    private static final class Phone {
        final DatagramChannel socket;
        final Encoding codec;
        final List<byte[]> sound;
        InetSocketAddress room = new InetSocketAddress(0);
        int next;
        int expected = -1;

        Phone(Encoding codec, double hertz) throws Exception {
            this.codec = codec;
            socket = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            socket.configureBlocking(false);
            sound = SpokenPackets.tone(codec, hertz, SOUND);
        }
    }

    private final ByteBuffer out = ByteBuffer.allocateDirect(2_048);
    private final ByteBuffer in = ByteBuffer.allocateDirect(2_048);
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder lost = new LongAdder();

    @Override
    public Integer call() throws Exception {
        List<Phone> phones = new ArrayList<>();
        for (int i = 0; i < parties; i++) phones.add(new Phone(codecs.get(i % codecs.size()), i < speaking ? 300 + 97 * i : 0));
        StringBuilder ports = new StringBuilder("ports");
        for (Phone phone : phones) ports.append(' ').append(((InetSocketAddress) phone.socket.getLocalAddress()).getPort());
        System.out.println(ports);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String[] rooms = lines.readLine().split(" ", -1);
        for (int i = 0; i < parties; i++) phones.get(i).room = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(rooms[i]));
        Thread.ofPlatform().daemon().start(() -> talk(phones));
        while (lines.readLine() != null) System.out.println("sent " + sent + " received " + received + " lost " + lost);
        return 0;
    }

    private void talk(List<Phone> phones) {
        long start = System.nanoTime();
        for (long step = 0;; step++) {
            long due = start + step * TICK_NANOS / parties;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) LockSupport.parkNanos(wait);
            Phone phone = phones.get((int) (step % parties));
            try {
                listen(phone);
                speak(phone);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    private void speak(Phone phone) throws IOException {
        out.clear();
        out.putShort((short) (0x8000 | type(phone.codec))).putShort((short) phone.next).putInt(phone.next * (phone.codec.clock() / 50))
                .putInt(phone.room.getPort());
        out.put(phone.sound.get(phone.next++ % SOUND)).flip();
        phone.socket.send(out, phone.room);
        sent.increment();
    }

    private void listen(Phone phone) throws IOException {
        while (phone.socket.receive(in.clear()) != null) {
            if ((in.get(1) & 0xe0) == RTCP) continue;                     // a report to the phone whose port is the one before
            int number = in.getShort(2) & 0xffff;
            if (phone.expected >= 0 && number != phone.expected) lost.add(number - phone.expected & 0xffff);
            phone.expected = number + 1 & 0xffff;
            received.increment();
        }
    }
}
