package org.infrafabric.record;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.media.AudioBridge;
import org.jspecify.annotations.Nullable;

/**
 * Records a bridge into one folder: {@code mix.wav}, and a track for each party such as {@code 1-expert.wav}; all begin at the same tick and are equally
 * long. A second recording into the same folder (after a restart) becomes {@code mix-2.wav} and so on; nothing is ever overwritten.
 *
 * <p>The media loop hands frames over and never waits. If the disk is slower than the talk for longer than the handover can hold, what finds no room is
 * silence in the files, and {@link Result#lostMillis} says how much. If the disk fails, the recording ends there, with what was written still readable.
 */
public final class Recording implements AudioBridge.Tap {
    /** Frames of all parties together that may wait for the disk: about eight seconds of a council of four with the mix. */
    static final int HANDOVER_FRAMES = 2_048;

    private static final System.Logger LOG = System.getLogger(Recording.class.getName());
    private static final int MIX = -1;
    private static final long LOOK_NANOS = 100_000_000L;
    private static final int FLUSH_LOOKS = 10;
    private static final long MAX_TICKS = 48 * 3_600 * 50L;               // two days: well inside the 4 GB that WAV can name

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
    private long zero = -1;                                               // the loop's; the writer sees it through the handover
    private volatile long ticks;
    private volatile boolean ended;
    private String suffix = "";
    private @Nullable IOException failure;

    private Recording(Path folder, int frames) {
        this.folder = folder;
        this.handover = new Handover(frames);
    }

    /** Begins to record into {@code folder}, which is made if it is not there. Give it to {@link AudioBridge#record}, which ends it. */
    public static Recording into(Path folder) {
        return into(folder, HANDOVER_FRAMES);
    }

    static Recording into(Path folder, int frames) {
        Recording recording = new Recording(folder, frames);
        Thread.ofVirtual().name("recording").start(recording::write);
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
    public void mix(long tick, short[] samples) {
        hand(MIX, tick, samples);
        ticks = Math.min(MAX_TICKS, tick - zero + 1);
    }

    @Override
    public void ended() { ended = true; }

    private void hand(int party, long tick, short[] samples) {
        if (zero < 0) zero = tick;
        if (tick - zero >= MAX_TICKS || !handover.offer(party, tick - zero, samples)) lost.lazySet(lost.getPlain() + 1);
    }

    private void write() {
        try {
            open();
            for (int looks = 1; !ended; looks++) {
                LockSupport.parkNanos(LOOK_NANOS);
                handover.drain(this::frame);
                if (looks % FLUSH_LOOKS == 0 && failure == null) flush();
            }
            handover.drain(this::frame);
            finish();
        } catch (IOException broken) {
            fail(broken);
        } catch (RuntimeException broken) {
            fail(new IOException(broken));
        }
        result.complete(new Result(folder, described(), lostMillis(), Optional.ofNullable(failure).map(Recording::words)));
    }

    private void open() throws IOException {
        Files.createDirectories(folder);
        for (int take = 2; Files.exists(folder.resolve("mix" + suffix + ".wav")); take++) suffix = "-" + take;
        tracks.put(MIX, new WavTrack(folder.resolve("mix" + suffix + ".wav")));
    }

    private void frame(int party, long index, short[] samples, int offset) {
        if (failure != null) return;                                      // still drained, so that the loop's counts stay true
        try {
            track(party).frame(index, samples, offset);
        } catch (IOException broken) {
            fail(broken);
        }
    }

    private WavTrack track(int party) throws IOException {
        WavTrack track = tracks.get(party);
        if (track != null) return track;
        String name = RecordingFolder.readable(nameOf(party));
        WavTrack made = new WavTrack(folder.resolve((party + 1) + "-" + name + suffix + ".wav"));
        tracks.put(party, made);
        return made;
    }

    private String nameOf(int party) {
        return party == MIX ? "mix" : parties.getOrDefault(party, "party");
    }

    private void flush() throws IOException {
        for (WavTrack track : tracks.values()) track.flush();
    }

    private void finish() throws IOException {
        if (failure != null) return;
        for (int party : parties.keySet()) track(party);                  // who never said a word has a track of silence
        for (WavTrack track : tracks.values()) track.finish(ticks);
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

    private List<Track> described() {
        List<Track> all = new ArrayList<>();
        tracks.forEach((party, track) -> {
            try {
                all.add(new Track(nameOf(party), track.file(), track.millis(), sha256(track.file())));
            } catch (IOException unreadable) {
                LOG.log(Level.ERROR, "cannot read back " + track.file() + ": " + words(unreadable));
            }
        });
        return List.copyOf(all);
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = RecordingFolder.digest();
        byte[] buffer = new byte[16_384];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) digest.update(buffer, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
