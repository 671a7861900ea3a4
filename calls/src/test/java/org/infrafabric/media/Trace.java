package org.infrafabric.media;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.infrafabric.media.AudioPort.Encoding;

/** Packets of one stream and when they came: made from a seed, so that each run is the same; and how a jitter buffer does with them. */
final class Trace {
    /**
     * @param millis when it came, by our clock
     * @param number its sequence number
     * @param time of its first sample, in units, by the sender's clock
     * @param units that it holds
     */
    private record Arrival(double millis, int number, int time, int units) {}

    /**
     * What came of it.
     *
     * @param concealed of all that was played, in per cent; what the network lost is in it
     * @param late packets that came and were not played, in per cent
     * @param delay from the quickest packet's arrival to the ear, in ms: mean and 95th of a hundred
     */
    record Score(double concealed, double late, double delay, double delay95) {
        @Override
        public String toString() { return String.format(Locale.ROOT, "%5.2f | %5.2f | %3.0f | %3.0f", concealed, late, delay, delay95); }
    }

    /** How long packet {@code number} is on its way, in ms; negative: it is lost. */
    interface Way {
        double millis(int number, SplittableRandom random);
    }

    private static final int SKIPPED = 250;                               // ticks, 5 s, in which nothing is judged but what was learned

    final String name;
    private final int seconds;
    private final List<Arrival> arrivals = new ArrayList<>();

    Trace(String name, int seconds, int ptime, double driftPpm, Way way) {
        this.name = name;
        this.seconds = seconds;
        SplittableRandom random = new SplittableRandom(name.hashCode());
        for (int i = 0; i < seconds * 1_000 / ptime; i++) {
            double sent = i * ptime * (1 - driftPpm / 1e6);
            double onItsWay = way.millis(i, random);
            if (onItsWay >= 0) arrivals.add(new Arrival(1_007 + sent + onItsWay, i & 0xffff, 8 * ptime * i, 8 * ptime)); // ticks and packets are out of step
        }
        arrivals.sort(Comparator.comparingDouble(Arrival::millis));
    }

    Score adaptive() {
        Playout playout = new Playout(8_000, new Codecs(LibOpus.found()), new PacketPool());
        short[] out = new short[160];
        ByteBuffer payload = ByteBuffer.allocate(480);
        voice(payload);
        List<Double> delays = new ArrayList<>();
        long concealedBefore = 0;
        long playedBefore = 0;
        int next = 0;
        for (int tick = 0; tick < 50 * (seconds + 1); tick++) {
            for (; next < arrivals.size() && arrivals.get(next).millis() <= 20.0 * tick; next++) {
                Arrival it = arrivals.get(next);
                playout.put(it.number(), it.time(), Encoding.PCMU.ordinal(), payload, it.time() % 160, it.units(), tick * 160L);
            }
            if (next == arrivals.size()) break;
            playout.take(out, tick * 160L);
            long behind = playout.behind() + 160;                         // it has moved on by what was taken
            if (tick == 50 + SKIPPED) {
                concealedBefore = playout.concealed();
                playedBefore = playout.played();
            }
            if (tick > 50 + SKIPPED) delays.add(behind / 8.0);
        }
        return score(playout.concealed() - concealedBefore, playout.played() - playedBefore, playout.late(), delays);
    }

    Score fixed() {
        FixedDelayBuffer buffer = new FixedDelayBuffer();
        short[] out = new short[160];
        short[] sound = new short[480];
        List<Double> delays = new ArrayList<>();
        long concealedBefore = 0;
        long played = 0;
        int next = 0;
        DelayEstimate quickest = new DelayEstimate();
        for (int tick = 0; tick < 50 * (seconds + 1); tick++) {
            for (; next < arrivals.size() && arrivals.get(next).millis() <= 20.0 * tick; next++) {
                Arrival it = arrivals.get(next);
                quickest.arrived(tick * 160L, it.time());
                buffer.put(it.time(), sound, it.units());
            }
            if (next == arrivals.size()) break;
            int at = buffer.playsAt();
            buffer.take(out);
            if (tick == 50 + SKIPPED) concealedBefore = buffer.concealed;
            if (tick > 50 + SKIPPED) {
                delays.add(quickest.behind(tick * 160L, at) / 8.0);
                played += 160;
            }
        }
        return score(buffer.concealed - concealedBefore, played, buffer.late, delays);
    }

    private Score score(long concealed, long played, long late, List<Double> delays) {
        List<Double> sorted = delays.stream().sorted().toList();
        double mean = delays.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return new Score(100.0 * concealed / played, 100.0 * late / arrivals.size(), mean, sorted.get((int) (0.95 * sorted.size())));
    }

    /** Something with a pitch of 100 Hz, so that it can be stretched, and with every phase of it to begin at. */
    private static void voice(ByteBuffer payload) {
        for (int i = 0; i < payload.capacity(); i++)
            payload.put(i,
                    G711.PCMU.encode((int) (8_000 * Math.sin(2 * Math.PI * 100 * i / 8_000) + 3_000 * Math.sin(2 * Math.PI * 300 * i / 8_000))));
    }
}
