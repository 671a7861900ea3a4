package org.infrafabric.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.media.AudioPort;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.sip.SipSettings;
import org.infrafabric.sip.UnwiredAgent;
import org.infrafabric.testkit.Mutations;
import org.infrafabric.testkit.SipSamples;
import org.infrafabric.time.HandTimers;

/**
 * Spoilt messages by the million for a whole user agent without sockets: whatever comes, it neither breaks nor keeps anything. One in four comes out of a
 * TCP stream in pieces. Calls that get through are refused, answered or left ringing by chance. Time is driven by hand: after each block all timers
 * run out, and then nothing may be left.
 */
final class MutationRun {
    private static final int BLOCK = 20_000;
    /** Longer than any transaction, and than the session timers that a call of chance may bring. */
    private static final Duration LONG_AFTER = Duration.ofDays(2);
    private static final int MOST_OUTCOMES = 10_000;
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 5080);
    private static final int LINE = 60;

    private final HandTimers time = new HandTimers(Instant.EPOCH);
    private final RandomGenerator random;
    private final List<byte[]> seeds;
    private final List<IncomingCall> ringing = new ArrayList<>();
    private final List<Leg> legs = new ArrayList<>();
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final AudioPort silence;
    private final UnwiredAgent agent;
    private String lastSent = "";

    /**
     * @param seed the same run again
     * @param silence stands in for the media of calls that get through
     */
    MutationRun(long seed, AudioPort silence) {
        random = new SplittableRandom(seed);
        this.silence = silence;
        SipSettings settings = new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:5060")), "sip:bus@ifbus.test", "ifbus/bench");
        agent = new UnwiredAgent(settings, time, time, new Random(seed), this::onIncoming, this::onSent);
        seeds = SipMessages.all();
    }

    /**
     * What a run showed.
     *
     * @param outcomes what the agent did → how often
     * @param heapBefore bytes in use after the first block, and {@code heapAfter} the last one
     */
    record Result(long messages, double seconds, Map<String, Long> outcomes, long heapBefore, long heapAfter) {}

    /**
     * Sends {@code count} messages.
     *
     * @param progress is told how many are done, after each block
     * @throws IllegalStateException naming the message, when the agent breaks or keeps something
     */
    Result run(long count, LongConsumer progress) {
        long heapBefore = 0;
        long begun = System.nanoTime();
        for (long done = 0; done < count;) {
            long block = Math.min(BLOCK, count - done);
            for (long i = 0; i < block; i++) one();
            finishBlock();
            if (done == 0) heapBefore = heap();
            done += block;
            progress.accept(done);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        return new Result(count, seconds, outcomes, heapBefore, heap());
    }

    private void one() {
        byte[] message = Mutations.mutate(seeds.get(random.nextInt(seeds.size())), random);
        lastSent = "silence";
        try {
            if (random.nextInt(4) == 0) overTcp(message);
            else agent.onDatagram(message, PEER);
            time.advance(Duration.ofMillis(1));
        } catch (RuntimeException fault) {
            throw new IllegalStateException("the agent broke on: " + new String(message, ISO_8859_1), fault);
        }
        if (outcomes.size() < MOST_OUTCOMES || outcomes.containsKey(lastSent)) outcomes.merge(lastSent, 1L, Long::sum);
    }

    private void overTcp(byte[] message) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < message.length;) {
            int to = Math.min(message.length, at + 1 + random.nextInt(600));
            pieces.add(Arrays.copyOfRange(message, at, to));
            at = to;
        }
        if (!agent.onStream(pieces, PEER) && lastSent.equals("silence")) lastSent = "connection closed";
    }

    private void finishBlock() {
        ringing.forEach(call -> call.refuse(CallFailure.BUSY));
        legs.forEach(leg -> leg.hangUp("over"));
        time.advance(LONG_AFTER);
        ringing.clear();
        legs.clear();
        if (agent.transactions() != 0 || agent.calls() != 0 || time.pending() > 0)
            throw new IllegalStateException(agent.transactions() + " transactions, " + agent.calls() + " calls and " + time.pending()
                    + " timers are left when all have run out");
    }

    private void onIncoming(IncomingCall call) {
        switch (random.nextInt(4)) {
            case 0 -> call.refuse(CallFailure.BUSY);
            case 1 -> legs.add(call.answer(silence, new Indifferent()));
            default -> {
                call.ring();
                ringing.add(call);
            }
        }
    }

    private void onSent(byte[] message) {
        String line = new String(message, 0, Math.min(message.length, LINE), ISO_8859_1).lines().findFirst().orElse("");
        lastSent = line.startsWith("SIP/2.0 ") ? line.substring(8) : line.substring(0, Math.max(0, line.indexOf(' '))) + " sent";
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Sound ones, to be spoilt. */
    private static final class SipMessages {
        private static final String DIALOG = """
                Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKm;rport, SIP/2.0/TCP [::1]:5061;branch=z9hG4bKn
                From: "A \\" B" <sip:a%40b@127.0.0.1:5080;user=phone>;tag=p
                t: <sips:bus@ifbus.test>;tag=t
                Call-ID: c@127.0.0.1
                CSeq: 2 METHOD
                Max-Forwards: 70
                Record-Route: <sip:proxy@127.0.0.1;lr>,
                 <sip:other@[::1]:5062;lr;x=%20y>
                Authorization: Digest username="a", realm="r", nonce="n", uri="sip:b", response="0123"
                Content-Length: 0

                """;

        static List<byte[]> all() {
            List<byte[]> all = new ArrayList<>();
            all.add(SipSamples.invite());
            for (String method : List.of("BYE", "ACK", "CANCEL", "OPTIONS", "INFO", "UPDATE", "PRACK"))
                all.add((method + " sip:bus@127.0.0.1 SIP/2.0\n" + DIALOG.replace("METHOD", method)).replace("\n", "\r\n").getBytes(ISO_8859_1));
            for (int status : new int[] {100, 180, 200, 302, 487, 503})
                all.add(("SIP/2.0 " + status + " Whatever\n" + DIALOG.replace("METHOD", "INVITE")).replace("\n", "\r\n").getBytes(ISO_8859_1));
            return all;
        }
    }
}
