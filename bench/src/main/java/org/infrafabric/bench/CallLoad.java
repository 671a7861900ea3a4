package org.infrafabric.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.HashMap;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Ports;

/** sipp that calls, is answered, acknowledges and hangs up at once, at a fixed rate on its own core. */
final class CallLoad {
    private static final int CORE = 0;
    private static final String SCENARIO = """
            <?xml version="1.0" encoding="ISO-8859-1"?>
            <!DOCTYPE scenario SYSTEM "sipp.dtd">
            <scenario name="calls">
            <send retrans="500"><![CDATA[
            INVITE sip:uas@[remote_ip]:[remote_port] SIP/2.0
            Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
            Max-Forwards: 70
            From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]T[call_number]
            To: <sip:uas@[remote_ip]:[remote_port]>
            Call-ID: [call_id]
            CSeq: 1 INVITE
            Contact: <sip:sipp@[local_ip]:[local_port]>
            Allow: INVITE, ACK, CANCEL, BYE, OPTIONS
            Content-Type: application/sdp
            Content-Length: [len]

            v=0
            o=sipp 1 1 IN IP4 127.0.0.1
            s=-
            c=IN IP4 127.0.0.1
            t=0 0
            m=audio 30000 RTP/AVP 8 101
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16
            ]]></send>
            <recv response="100" optional="true"/>
            <recv response="180" optional="true"/>
            <recv response="200" rrs="true"/>
            <send><![CDATA[
            ACK [next_url] SIP/2.0
            Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
            Max-Forwards: 70
            From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]T[call_number]
            [last_To:]
            Call-ID: [call_id]
            CSeq: 1 ACK
            Content-Length: 0

            ]]></send>
            <send retrans="500"><![CDATA[
            BYE [next_url] SIP/2.0
            Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
            Max-Forwards: 70
            From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]T[call_number]
            [last_To:]
            Call-ID: [call_id]
            CSeq: 2 BYE
            Content-Length: 0

            ]]></send>
            <recv response="200"/>
            </scenario>
            """;

    private CallLoad() {}

    /**
     * What became of the calls.
     *
     * @param rate that was asked for, calls a second
     * @param reached calls a second that sipp began
     * @param cpuMicros the subject's CPU time a call, in µs
     * @param load share of its core that the subject had, 0 to 1
     */
    record Run(int rate, double reached, long calls, long failed, long retransmissions, double cpuMicros, double load) {
        /** None failed, at most one message of a thousand calls was repeated, and sipp kept up. */
        boolean clean() {
            return failed == 0 && retransmissions * 1_000 <= calls && reached > 0.95 * rate;
        }
    }

    static Run run(Path folder, CallSubject subject, int rate, int seconds) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory(folder, "calls");
        Path scenario = Files.writeString(work.resolve("calls.xml"), SCENARIO);
        Path statistics = work.resolve("calls.csv");
        int calls = rate * seconds;
        List<String> command = Cores.on(CORE,
                List.of("sipp", "-sf", scenario.toString(), "-i", "127.0.0.1", "-p", Integer.toString(Ports.free(2)), "-r",
                        Integer.toString(rate), "-m", Integer.toString(calls), "-l", Integer.toString(rate * 40), "-nostdin", "-buff_size", "4194304",
                        "-deadcall_wait", "0", "-trace_stat", "-stf", statistics.toString(), "-fd", "1", "127.0.0.1:" + subject.port()));
        double before = subject.cpuSeconds();
        long begun = System.nanoTime();
        Process sipp = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true).redirectOutput(work.resolve("out").toFile())
                .start();
        if (!sipp.waitFor(seconds * 3L + 40, TimeUnit.SECONDS)) sipp.destroyForcibly().waitFor();
        double elapsed = (System.nanoTime() - begun) / 1e9;
        double cpu = subject.cpuSeconds() - before;
        Map<String, Long> counted = lastLine(statistics);
        long done = counted.getOrDefault("SuccessfulCall(C)", 0L);
        long failed = counted.getOrDefault("FailedCall(C)", 0L) + calls - done - counted.getOrDefault("FailedCall(C)", 0L);
        return new Run(rate, calls / elapsed, calls, failed, counted.getOrDefault("Retransmissions(C)", 0L), cpu * 1e6 / calls, cpu / elapsed);
    }

    private static Map<String, Long> lastLine(Path statistics) throws IOException {
        Map<String, Long> counted = new HashMap<>();
        if (!Files.exists(statistics)) return counted;
        List<String> lines = Files.readAllLines(statistics);
        if (lines.size() < 2) return counted;
        String[] names = lines.getFirst().split(";"), values = lines.getLast().split(";");
        for (int i = 0; i < Math.min(names.length, values.length); i++)
            if (values[i].matches("\\d{1,18}")) counted.put(names[i], Long.valueOf(values[i]));
        return counted;
    }
}
