package org.infrafabric.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Ports;

/** Whoever answers the calls of {@code bench sip-calls}: a process on one core. */
final class CallSubject implements AutoCloseable {
    /** Where the subjects run; the load runs on the other one. */
    static final int CORE = 1;
    private static final String MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules/";
    /** The same session description that ifbus answers with, made once; with tm alone nothing is negotiated. */
    private static final String KAMAILIO = """
            #!KAMAILIO
            debug=0
            log_stderror=yes
            children=1
            auto_aliases=no
            disable_tcp=yes
            listen=udp:127.0.0.1:PORT
            maxbuffer=4194304
            mpath="MODULES"
            loadmodule "tm.so"
            loadmodule "textops.so"
            loadmodule "textopsx.so"
            modparam("tm", "auto_inv_100", 0)
            request_route {
                if (is_method("ACK")) exit;
                if (!t_newtran()) exit;
                if (is_method("INVITE")) {
                    append_to_reply("Contact: <sip:uas@127.0.0.1:PORT>\\r\\n");
                    set_reply_body("v=0\\r\\no=- 1 1 IN IP4 127.0.0.1\\r\\ns=-\\r\\nc=IN IP4 127.0.0.1\\r\\nt=0 0\\r\\nm=audio 40000 RTP/AVP 8 101\\r\\na=rtpmap:8 PCMA/8000\\r\\na=rtpmap:101 telephone-event/8000\\r\\na=fmtp:101 0-15\\r\\na=sendrecv\\r\\n", "application/sdp");
                }
                t_reply("200", "OK");
            }
            """;

    private final String name;
    private final Process process;
    private final Path output;
    private final int port;

    private CallSubject(String name, Process process, Path output, int port) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.port = port;
    }

    static CallSubject ifbus(Path folder) throws Exception {
        int port = Ports.free(1);
        Path output = folder.resolve("ifbus.out");
        // What is young is small: each collection stops all, and copies what was answered since the one before; at 8,000 calls a second and 512 MB that took
        // 0.2 to 0.35 s of CPU at a time, 0.03 s now, and as much in all.
        List<String> command = List.of(ProcessHandle.current().info().command().orElse("java"), "-XX:+UseSerialGC", "-Xms4g", "-Xmx4g", "-Xmn64m",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                AnsweringAgent.class.getName(), Integer.toString(port));
        Process process = start(folder, output, command);
        Await.that("the answering agent to be ready", Duration.ofSeconds(30), () -> Files.readString(output).contains("ready"));
        return new CallSubject("ifbus", process, output, port);
    }

    static CallSubject kamailio(Path folder) throws Exception {
        int port = Ports.free(1);
        Path config = Files.writeString(folder.resolve("kamailio.cfg"),
                KAMAILIO.replace("PORT", Integer.toString(port)).replace("MODULES", MODULES));
        Path output = folder.resolve("kamailio.out");
        Process process = start(folder, output, List.of("kamailio", "-f", config.toString(), "-DD", "-E", "-m", "1024", "-M", "16", "-Y",
                folder.toString(), "-P", folder.resolve("kamailio.pid").toString()));
        TimeUnit.SECONDS.sleep(2);
        if (!process.isAlive()) throw new IOException("Kamailio did not start: " + Files.readString(output));
        return new CallSubject("Kamailio", process, output, port);
    }

    private static Process start(Path folder, Path output, List<String> command) throws IOException {
        return new ProcessBuilder(new ArrayList<>(Cores.on(CORE, command))).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
    }

    String name() { return name; }

    int port() { return port; }

    /** What it has said so far, line by line. */
    List<String> said() throws IOException { return Files.readAllLines(output); }

    double cpuSeconds() { return Cores.seconds(process.toHandle()); }

    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(3, TimeUnit.SECONDS)) process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
