package org.infrafabric.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** baresip, headless: a real phone that speaks a WAV file, answers by itself, and keeps what it heard. */
public final class Baresip implements AutoCloseable {
    private final Process process;
    private final Path folder;
    private final int port;
    private final int control;

    private Baresip(Process process, Path folder, int port, int control) {
        this.process = process;
        this.folder = folder;
        this.port = port;
        this.control = control;
    }

    /**
     * Starts a phone that answers every call.
     *
     * @param user of its SIP URI
     * @param voice mono WAV at 8 kHz that it says
     */
    public static Baresip answering(Path folder, String user, Path voice) throws Exception {
        return answering(folder, user, voice, Ports.free(4));
    }

    /** The same on a given port; the one after it must be free too. */
    public static Baresip answering(Path folder, String user, Path voice, int port) throws Exception {
        return start(folder, user, "", voice, port, Codec.G711);
    }

    /** One that knows a password, for servers that ask who it is. */
    public static Baresip knowing(Path folder, String user, String password, Path voice, int port) throws Exception {
        return start(folder, user, ";auth_user=" + user + ";auth_pass=" + password, voice, port, Codec.G711);
    }

    /** What the phone speaks, and what its voice must therefore be. */
    public enum Codec {
        G711("g711.so", "PCMA/8000/1,PCMU/8000/1", 8_000, 1), G722("g722.so", "G722/16000/1", 16_000, 1), OPUS("opus.so", "opus/48000/2", 48_000, 2);

        private final String module;
        private final String accountNames;
        private final int rate;
        private final int channels;

        Codec(String module, String accountNames, int rate, int channels) {
            this.module = module;
            this.accountNames = accountNames;
            this.rate = rate;
            this.channels = channels;
        }

        /** A tone as a phone with this codec can say it. */
        public Path tone(Path wav, double hertz, double seconds) throws IOException {
            return Tones.write(wav, hertz, seconds, rate, channels);
        }
    }

    /** A phone that has one codec alone. */
    public static Baresip answering(Path folder, String user, Path voice, Codec codec) throws Exception {
        return start(folder, user, "", voice, Ports.free(4), codec);
    }

    private static Baresip start(Path folder, String user, String account, Path voice, int port, Codec codec) throws Exception {
        int rtp = Ports.free(20), control = Ports.free(2);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config"), String.join("\n", "poll_method epoll", "sip_listen 127.0.0.1:" + port, "net_interface 127.0.0.1",
                "rtp_ports " + rtp + "-" + (rtp + 19), "rtcp_mux no", "audio_source aufile," + voice, "audio_player aufile,/dev/null",
                "audio_alert aufile,/dev/null",
                "ausrc_srate " + codec.rate, "auplay_srate " + codec.rate, "ausrc_channels " + codec.channels, "auplay_channels " + codec.channels,
                "snd_path " + folder, "jitter_buffer_delay 2-5", "call_max_calls 4",
                "ctrl_tcp_listen 127.0.0.1:" + control,
                "module_path /usr/lib/baresip/modules", "module " + codec.module, "module aufile.so", "module sndfile.so", "module rtcpsummary.so",
                "module_tmp uuid.so",
                "module_tmp account.so",
                "module_app menu.so", "module_app ctrl_tcp.so", ""));
        Files.writeString(folder.resolve("accounts"),
                "<sip:" + user + "@127.0.0.1:" + port + ";transport=udp>;regint=0;answermode=auto;audio_codecs=" + codec.accountNames + account
                        + "\n");
        Files.writeString(folder.resolve("contacts"), "\n");
        Path output = folder.resolve("baresip.out");
        Process process = Peer.start(folder, output, "baresip", "-f", folder.toString(), "-t", "300");
        Baresip phone = new Baresip(process, folder, port, control);
        Await.that("baresip to be ready", Duration.ofSeconds(10), () -> {
            if (!process.isAlive()) throw new AssertionError("baresip ended:\n" + Files.readString(output));
            return Files.readString(output).contains("baresip is ready");
        });
        return phone;
    }

    public String uri(String user) { return "sip:" + user + "@127.0.0.1:" + port; }

    /** Presses a key in its call. */
    public void press(char digit) throws IOException { command("sndcode", String.valueOf(digit)); }

    public void hangUp() throws IOException { command("hangup", ""); }

    /** Puts its call on hold. */
    public void hold() throws IOException { command("hold", ""); }

    public void resume() throws IOException { command("resume", ""); }

    /** Calls somebody. */
    public void dial(String uri) throws IOException { command("dial", uri); }

    private void command(String command, String parameters) throws IOException {
        String json = "{\"command\":\"" + command + "\",\"params\":\"" + parameters + "\",\"token\":\"t\"}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), control); OutputStream out = socket.getOutputStream()) {
            out.write((json.length() + ":" + json + ",").getBytes(StandardCharsets.US_ASCII)); // netstring
            out.flush();
            socket.setSoTimeout(5_000);
            if (socket.getInputStream().read() < 0) throw new IOException("baresip did not answer " + command);
        }
    }

    /** What it heard, a file a call; written while the call lasts. */
    public List<Path> heard() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith("-dec.wav")).sorted().toList();
        }
    }

    public String output() throws IOException { return Files.readString(folder.resolve("baresip.out")); }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(3, java.util.concurrent.TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }
}
