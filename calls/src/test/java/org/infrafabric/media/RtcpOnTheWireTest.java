package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we report of a bad line, read by tshark. */
class RtcpOnTheWireTest {
    private final HandBridge hand = new HandBridge();

    @TempDir Path folder;

    @Test
    void shouldReportLossJitterAndWhoWeAreSoThatOthersReadItRight() throws Exception {
        Requires.programs("tshark");
        HandBridge.Party a = hand.party("a");
        SplittableRandom random = new SplittableRandom(3);
        double jitter = 0;                                                // RFC 3550 §6.4.1, as the text has it and not as its code
        long transit = 0;
        int lost = 0;
        int waiting = 0;
        List<byte[]> reports = new ArrayList<>();
        List<Double> jitters = new ArrayList<>();
        List<Integer> losses = new ArrayList<>();
        for (int tick = 0; tick < 1_500; tick++) {
            if (random.nextInt(10) == 0 && tick > 0) {
                a.sequence++;
                a.timestamp += 160;
                lost++;
            } else waiting++;
            boolean late = random.nextInt(5) == 0;                        // waits for the next tick
            if (!late) {
                for (; waiting > 0; waiting--) {
                    long now = hand.now / 125_000 - (a.timestamp);
                    if (transit != 0) jitter += (Math.abs(now - transit) - jitter) / 16;
                    transit = now;
                    a.says(500);
                }
            }
            int before = a.rtcp.sent.size();
            hand.tick();
            if (a.rtcp.sent.size() == before) continue;
            reports.add(a.rtcp.sent.getLast().bytes());
            jitters.add(jitter);
            losses.add(lost);
        }
        a.port.close();
        reports.add(a.rtcp.sent.getLast().bytes());
        Path pcap = folder.resolve("reports.pcap");
        Files.write(pcap, pcap(reports));
        List<String[]> read = tshark(pcap, "rtcp.ssrc.jitter", "rtcp.ssrc.cum_nr", "rtcp.ssrc.fraction", "rtcp.sdes.text", "rtcp.senderssrc",
                "rtcp.pt");
        assertThat(read).hasSizeGreaterThan(5);
        for (int i = 0; i < jitters.size(); i++) {
            assertThat(Double.parseDouble(read.get(i)[0])).as("jitter of report %s", i).isCloseTo(jitters.get(i),
                    org.assertj.core.data.Percentage.withPercentage(12));
            assertThat(Integer.parseInt(read.get(i)[1])).as("lost until report %s; those that wait are not there yet", i).isBetween(losses.get(i) - 2,
                    losses.get(i) + 3);
            assertThat(read.get(i)[3]).isEqualTo("cname0");
            assertThat(read.get(i)[5]).as("sender report and description").isEqualTo("200,202");
        }
        assertThat(read.stream().mapToInt(it -> Integer.parseInt(it[2])).average().orElseThrow()).as("a tenth, in 256ths").isBetween(18.0, 33.0);
        assertThat(read.getLast()[5]).as("and goodbye").isEqualTo("200,202,203");
        assertThat(tshark(pcap, "_ws.malformed", "frame.number").stream().filter(it -> !it[0].isEmpty())).isEmpty();
    }

    private List<String[]> tshark(Path pcap, String... fields) throws Exception {
        List<String> command = new ArrayList<>(List.of("tshark", "-r", pcap.toString(), "-d", "udp.port==40001,rtcp", "-T", "fields"));
        for (String field : fields) command.addAll(List.of("-e", field));
        Process process = new ProcessBuilder(command).redirectError(folder.resolve("tshark.err").toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("tshark.err"))).isZero();
        return out.lines().map(line -> line.split("\t", -1)).toList();
    }

    /** Raw IP, each packet in UDP to port 40001. */
    private static byte[] pcap(List<byte[]> packets) {
        ByteBuffer out = ByteBuffer.allocate(65_536).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0).putInt(65_535).putInt(101);
        for (byte[] packet : packets) {
            int length = 28 + packet.length;
            out.putLong(0).putInt(length).putInt(length).order(ByteOrder.BIG_ENDIAN);
            out.putShort((short) 0x4500).putShort((short) length).putInt(0).putInt(0x4011_0000).putInt(0x7f00_0001).putInt(0x7f00_0001);
            out.putShort((short) 6_001).putShort((short) 40_001).putShort((short) (8 + packet.length)).putShort((short) 0).put(packet);
            out.order(ByteOrder.LITTLE_ENDIAN);
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }
}
