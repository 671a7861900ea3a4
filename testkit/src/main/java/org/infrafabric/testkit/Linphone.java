package org.infrafabric.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** linphonec (package linphone-cli), headless and on loopback alone: a phone that many people have, driven by its own command line. */
public final class Linphone implements AutoCloseable {
    private final Process process;
    private final OutputStream commands;
    private final Path output;
    private final int port;

    private Linphone(Process process, Path output, int port) {
        this.process = process;
        this.commands = process.getOutputStream();
        this.output = output;
        this.port = port;
    }

    /** Starts one and waits until it listens. */
    public static Linphone start(Path folder) throws Exception {
        int sip = Ports.free(2), rtp = Ports.free(4);
        Files.createDirectories(folder.resolve(".local/share/linphone"));
        // Without the two of auto_net_state_mon and use_ipv6 it takes loopback for no network, or listens everywhere.
        Path config = Files.writeString(folder.resolve("linphonerc"),
                String.join("\n", "[sip]", "sip_port=" + sip, "sip_tcp_port=0", "sip_tls_port=0",
                        "auto_net_state_mon=0", "use_ipv6=0", "bind_address=127.0.0.1", "default_proxy=-1", "[rtp]", "audio_rtp_port=" + rtp, "[net]",
                        "dns_srv_enabled=0", "[sound]", "echocancellation=0", ""));
        Path output = folder.resolve("linphonec.out");
        ProcessBuilder builder = new ProcessBuilder("linphonec", "-S", "-c", config.toString()).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("TERM", "dumb");
        Linphone phone = new Linphone(builder.start(), output, sip);
        try {
            phone.say("soundcard use files"); // there is no sound card
            Await.that("linphonec to be ready", Duration.ofSeconds(30), () -> phone.output().contains("Using wav files"));
            return phone;
        } catch (Exception | AssertionError failed) {
            phone.close();
            throw failed;
        }
    }

    public String uri(String user) { return "sip:" + user + "@127.0.0.1:" + port; }

    /** Waits until it rings, and answers. */
    public void answer(Duration limit) throws Exception {
        Await.that("linphonec to ring", limit, () -> output().contains("CallIncomingReceived") || output().contains("incoming call"));
        say("answer");
    }

    /** Presses a key in its call. */
    public void press(char digit) throws IOException { say(String.valueOf(digit)); }

    public String output() throws IOException { return Files.readString(output); }

    private void say(String command) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        commands.flush();
    }

    @Override
    public void close() throws InterruptedException {
        try {
            say("quit");
        } catch (IOException gone) {
            // it has ended already
        }
        if (!process.waitFor(3, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }
}
