package org.infrafabric.record;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.message.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Records a bridge into one folder: {@code mix.wav}, and a track for each party such as {@code 1-expert.wav}; all begin at the same tick and are equally
 * long. A second recording into the same folder (after a restart) becomes {@code mix_take2.wav} and so on; nothing is ever overwritten. The mix has the rate that was
 * asked for; a track has that of its party's encoding. After twelve hours all go on in new files, {@code mix_part2.wav} and so on, long before the 4 GB that a WAV
 * file can name.
 *
 * <p>The media loop hands frames over and never waits. If the disk is slower than the talk for longer than the handover can hold, what finds no room is
 * silence in the files, and {@link Result#lostMillis} says how much. If the disk fails, the recording ends there, with what was written still readable.
 */
public final class Recording implements AudioBridge.Tap {
    /** Blocks that may wait for the disk: some eight seconds of a wideband council of four with the mix. */
    static final int HANDOVER_BLOCKS = 160;

    private static final System.Logger LOG = System.getLogger(Recording.class.getName());
    private static final int MIX = -1;
    private static final long LOOK_NANOS = 100_000_000L;
    private static final int RESTING_AFTER = 20;                          // looks that found nothing: all is in the files by then
    private static final long FLUSH_NANOS = 1_000_000_000L;
    static final Duration PART = Duration.ofHours(12);                    // 1.4 GB at 16 kHz
    private static final long PART_TICKS = PART.toMillis() / 20;

    /**
     * One file.
     *
     * @param party name of the party, or {@code mix}
     * @param sha256 of the whole file, lower-case hex
     */
    public record Track(String party, Path file, long millis, String sha256) {}

    /**
     * What came of it.
     *
     * @param files the mix first, then a track a party; those that exist
     * @param lostMillis of the mix or of a track that are silent because the disk was too slow
     * @param failure why it ended before the talk did, for people
     */
    public record Result(Path folder, List<Track> files, long lostMillis, Optional<String> failure) {}

    private final Path folder;
    private final Handover handover;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final Map<Integer, String> parties = new ConcurrentHashMap<>();
    private final AtomicLong lost = new AtomicLong();                     // frames; written by the loop alone
    private final Map<Integer, WavTrack> tracks = new TreeMap<>();        // the writer's; the mix comes first
    private final List<Track> ended = new ArrayList<>();                  // those of earlier parts
    private final Thread writer = Thread.ofVirtual().name("recording").unstarted(this::write);
    private final int mixRate;
    private final long partTicks;
    private long part;
    private long zero = -1;                                               // the loop's; the writer sees it through the handover
    private volatile long ticks;
    private volatile boolean over;
    private volatile boolean resting;                                     // nobody says anything: whoever does wakes the writer
    private String suffix = "";
    private @Nullable IOException failure;

    private Recording(Path folder, int mixRate, int blocks, long partTicks) {
        this.folder = folder;
        this.mixRate = mixRate;
        this.partTicks = partTicks;
        this.handover = new Handover(blocks);
    }

    /** As {@link #into(Path, int)} with a mix at 8 kHz. */
    public static Recording into(Path folder) {
        return into(folder, 8_000);
    }

    /**
     * Begins to record into {@code folder}, which is made if it is not there. Give it to {@link AudioBridge#record}, which ends it.
     *
     * @param mixRate samples a second of the mix: 8000, or 16000 where parties may speak wideband
     */
    public static Recording into(Path folder, int mixRate) {
        return into(folder, mixRate, HANDOVER_BLOCKS, PART_TICKS);
    }

    static Recording into(Path folder, int mixRate, int blocks, long partTicks) {
        Recording recording = new Recording(folder, mixRate, blocks, partTicks);
        recording.writer.start();
        return recording;
    }

    /** Completes, always normally, when the bridge has ended the recording and its files are on the disk. */
    public CompletableFuture<Result> finished() {
        return result;
    }

    @Override
    public void opened(int party, String name, long tick) {
        if (zero < 0) zero = tick;
        parties.put(party, name);
    }

    @Override
    public void said(int party, long tick, short[] samples) { hand(party, tick, samples); }

    @Override
    public int mixRate() { return mixRate; }

    @Override
    public void mix(long tick, short[] samples) {
        if (zero < 0) zero = tick;
        if (!silent(samples)) hand(MIX, tick, samples);                   // a gap in a file is silence, too
        ticks = tick - zero + 1;
    }

    @Override
    public void ended() {
        over = true;
        LockSupport.unpark(writer);
    }

    private static boolean silent(short[] samples) {
        int any = 0;
        for (short sample : samples) any |= sample;
        return any == 0;
    }

    private void hand(int party, long tick, short[] samples) {
        if (zero < 0) zero = tick;
        if (!handover.offer(party, tick - zero, samples)) lost.lazySet(lost.getPlain() + 1);
        if (resting) {
            resting = false;
            LockSupport.unpark(writer);
        }
    }

    private void write() {
        try {
            open();
            long sinceFlush = 0;
            for (int quiet = 0; !over;) {
                if (quiet < RESTING_AFTER) LockSupport.parkNanos(LOOK_NANOS);
                else rest();
                sinceFlush += LOOK_NANOS;
                quiet = handover.drain(this::frame) == 0 ? quiet + 1 : 0;
                if (sinceFlush < FLUSH_NANOS || failure != null) continue;
                flush();
                sinceFlush = 0;
            }
            handover.drain(this::frame);
            finish();
        } catch (IOException broken) {
            fail(broken);
        } catch (RuntimeException broken) {
            fail(new IOException(broken));
        }
        result.complete(new Result(folder, all(), lostMillis(), Optional.ofNullable(failure).map(Recording::words)));
    }

    /** Until something is there. A thousand calls on hold would else be a thousand threads that look for nothing, again and again. */
    private void rest() {
        resting = true;                                                   // before the look: who hands over after it sees this
        while (resting && handover.isEmpty() && !over) LockSupport.park(this);
        resting = false;
    }

    /** Whether its writer waits for somebody to speak. */
    boolean resting() { return resting; }

    private void open() throws IOException {
        Files.createDirectories(folder);
        for (int take = 2; Files.exists(folder.resolve(RecordedFile.MIX + suffix + ".wav")); take++) suffix = "_take" + take;
        tracks.put(MIX, new WavTrack(folder.resolve(RecordedFile.MIX + suffix + ".wav"), mixRate));
    }

    private void frame(int party, long index, short[] samples, int offset, int length) {
        if (failure != null) return;                                      // still drained, so that the loop's counts stay true
        try {
            while (index >= (part + 1) * partTicks) nextPart();
            WavTrack track = track(party, 50 * length);
            short[] fitting = fitting(track, samples, offset, length);
            track.frame(index - part * partTicks, fitting, fitting == samples ? offset : 0);
        } catch (IOException broken) {
            fail(broken);
        }
    }

    /** A party whose encoding changed in the middle stays in its file; each sample is taken twice, or every other: seldom, and still to be understood. */
    private static short[] fitting(WavTrack track, short[] samples, int offset, int length) {
        int wanted = track.rate() / 50;
        if (wanted == length) return samples;
        short[] fitting = new short[wanted];
        for (int i = 0; i < wanted; i++) fitting[i] = samples[offset + i * length / wanted];
        return fitting;
    }

    private void nextPart() throws IOException {
        for (int party : parties.keySet()) track(party, 8_000);
        for (WavTrack track : tracks.values()) track.finish(partTicks);
        ended.addAll(described());
        tracks.clear();
        part++;
        track(MIX, mixRate);
    }

    private WavTrack track(int party, int rate) throws IOException {
        WavTrack track = tracks.get(party);
        if (track != null) return track;
        String name = party == MIX ? RecordedFile.MIX : party + 1 + "-" + RecordingFolder.readable(nameOf(party));
        String of = part == 0 ? "" : "_part" + (part + 1);
        WavTrack made = new WavTrack(folder.resolve(name + suffix + of + ".wav"), rate);
        tracks.put(party, made);
        return made;
    }

    private String nameOf(int party) {
        return party == MIX ? RecordedFile.MIX : parties.getOrDefault(party, "party");
    }

    private void flush() throws IOException {
        for (WavTrack track : tracks.values()) track.flush();
    }

    private void finish() throws IOException {
        if (failure != null) return;
        while (ticks > (part + 1) * partTicks) nextPart();
        for (int party : parties.keySet()) track(party, 8_000);           // who never said a word has a track of silence
        for (WavTrack track : tracks.values()) track.finish(ticks - part * partTicks);
        if (lost.get() > 0)
            LOG.log(Level.WARNING, "the disk was too slow for the recording in " + folder + ": " + lostMillis() + " ms of it are silent");
    }

    private void fail(IOException broken) {
        if (failure != null) return;
        failure = broken;
        LOG.log(Level.ERROR, "the recording in " + folder + " ends here, the call goes on: " + words(broken));
        tracks.values().forEach(WavTrack::abandon);
    }

    private long lostMillis() { return lost.get() * 20; }

    private static String words(IOException broken) {
        String message = broken.getMessage();
        return broken.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private List<Track> all() {
        List<Track> all = new ArrayList<>(ended);
        all.addAll(described());
        return List.copyOf(all);
    }

    private List<Track> described() {
        List<Track> all = new ArrayList<>();
        tracks.forEach((party, track) -> {
            try {
                all.add(new Track(nameOf(party), track.file(), track.millis(), Sha256.hex(track.file())));
            } catch (IOException unreadable) {
                LOG.log(Level.ERROR, "cannot read back " + track.file() + ": " + words(unreadable));
            }
        });
        return List.copyOf(all);
    }
}
