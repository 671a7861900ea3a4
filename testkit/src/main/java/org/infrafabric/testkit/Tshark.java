package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** tshark: what went over the loopback, and whether anything of it is malformed. */
public final class Tshark implements AutoCloseable {
    private final Process process;
    private final Path folder;
    private final Path file;
    private final PcapNg read;

    private Tshark(Process process, Path folder, Path file) {
        this.process = process;
        this.folder = folder;
        this.file = file;
        this.read = new PcapNg(file);
    }

    /** Captures on the loopback what {@code filter} (pcap syntax) lets through, at most 200 MB. */
    public static Tshark capture(Path folder, String filter) throws Exception {
        Files.createDirectories(folder);
        Path file = folder.resolve("capture.pcapng"), output = folder.resolve("tshark.out");
        Process process = Peer.start(folder, output, "tshark", "-i", "lo", "-f", filter, "-a", "filesize:200000", "-w", file.toString());
        Await.that("tshark to capture", Duration.ofSeconds(15), () -> {
            if (!process.isAlive()) throw new AssertionError("tshark ended:\n" + Files.readString(output));
            return Files.readString(output).contains("Capturing on") && Files.exists(file) && Files.size(file) > 0;
        });
        return new Tshark(process, folder, file);
    }

    /** Ends the capture. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }

    /**
     * Reads the capture, each packet that matches as a line of the given fields, tab-separated.
     *
     * @param decodeAs such as {@code udp.port==20000-29999,rtp}; may be empty
     */
    public List<String> packets(String displayFilter, List<String> decodeAs, String... fields) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tshark", "-r", file.toString(), "-Y", displayFilter));
        for (String rule : decodeAs) command.addAll(List.of("-d", rule));
        if (fields.length > 0) command.addAll(List.of("-T", "fields"));
        for (String field : fields) command.addAll(List.of("-e", field));
        Path out = Files.createTempFile(folder, "packets", ".txt");
        Process reader = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        if (!reader.waitFor(60, TimeUnit.SECONDS)) {
            reader.destroyForcibly();
            throw new AssertionError("tshark took over a minute to read " + file);
        }
        return Files.readAllLines(out);
    }

    /** What it has captured so far, undissected: for who looks again and again. */
    public List<Datagram> datagrams() throws IOException {
        return read.datagrams();
    }

    /** Packets that no dissector can make sense of; must be none. */
    public List<String> malformed(List<String> decodeAs) throws IOException, InterruptedException {
        return packets("_ws.malformed", decodeAs);
    }

    @Override
    public void close() throws InterruptedException { stop(); }
}
