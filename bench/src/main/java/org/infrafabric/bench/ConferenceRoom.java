package org.infrafabric.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.MediaEngine;
import org.infrafabric.record.Recording;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The subject of {@code bench conference}, in a process of its own: one media engine with one bridge, and nothing else. Answers each line on stdin with its counters. */
@Command(name = "conference-room", hidden = true)
final class ConferenceRoom implements Callable<Integer> {
    @Option(names = "--remotes", split = ",", required = true, description = "Ports of the phones.") private List<Integer> remotes = List.of();

    @Option(names = "--first-port", required = true, description = "Of the range for RTP.") private int firstPort;

    @Option(names = "--codecs", split = ",", required = true,
            description = "One a phone, repeated as needed.") private List<Encoding> codecs = List.of();

    @Option(names = "--record", description = "Record into this folder.") private Path folder = Path.of("");

    @Override
    public Integer call() throws Exception {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (MediaEngine engine = new MediaEngine(new MediaEngine.Settings(here, firstPort, firstPort + 2 * remotes.size() + 1, 1, Encoding.ALL,
                java.time.Duration.ZERO))) {
            AudioBridge bridge = engine.openBridge();
            if (!folder.toString().isEmpty()) bridge.record(Recording.into(folder, 16_000));
            StringBuilder ports = new StringBuilder("ports");
            for (int i = 0; i < remotes.size(); i++) {
                AudioPort port = bridge.openPort("party-" + i, new AudioPort.Listener() {
                    @Override
                    public void onFirstPacket() {}

                    @Override
                    public void onDigit(char digit) {}
                }, Runnable::run);
                Encoding codec = codecs.get(i % codecs.size());
                port.connect(new Negotiated(new InetSocketAddress(here, remotes.get(i)), codec, ConferencePhones.type(codec), -1, true));
                port.join();
                ports.append(' ').append(port.local().getPort());
            }
            System.out.println(ports);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null)
                System.out.println("late " + engine.counters().lateMixes() + " received " + engine.counters().packetsReceived() + " sent "
                        + engine.counters().packetsSent());
        }
        return 0;
    }
}
