package org.infrafabric.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infrafabric.message.SigningKey;
import org.infrafabric.phones.Phone;
import org.infrafabric.phones.PhoneSettings;
import org.infrafabric.phones.Phones;
import org.infrafabric.phones.Script;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import org.infrafabric.server.DataDirectory;
import org.infrafabric.server.Role;
import org.infrafabric.server.Tokens;

/** The bus and the four phones of a demo, on free loopback ports, with everything they write in one folder. */
final class DemoHouse implements AutoCloseable {
    static final String EXPERT = "expert";
    static final List<String> GUARDIANS = List.of("sage", "skeptic", "ethicist");

    final Path folder;
    final Bus bus;
    final SigningKey agentKey;
    private final Path data;
    private final String agent;
    private final Phones phones;
    private final Map<String, Phone> byName = new LinkedHashMap<>();

    /**
     * Starts it all.
     *
     * @param folder new, for this demo alone
     * @param agent who will ask
     * @param hazards that the expert is to be asked about
     */
    DemoHouse(Path folder, String agent, List<String> hazards) throws IOException {
        new DataDirectory(folder).make();
        this.folder = folder;
        this.agent = agent;
        this.data = folder.resolve("data");
        new DataDirectory(data).make();
        this.agentKey = SigningKey.generate();
        agentKey.write(folder.resolve("agent.key"));
        SigningKey busKey = SigningKey.generate(); // made here and not by the bus, so that the phones can know it before they ring
        busKey.write(new DataDirectory(data).busKey());
        this.phones = Phones.onLoopback();
        PhoneSettings trusting = PhoneSettings.named(EXPERT).trusting(busKey.verifyKey());
        start(trusting.keeping(folder.resolve("heard-by-" + EXPERT + ".wav")), expert());
        for (String guardian : GUARDIANS) {
            PhoneSettings settings = PhoneSettings.named(guardian).trusting(busKey.verifyKey());
            start(settings.keeping(folder.resolve("heard-by-" + guardian + ".wav")), guardian());
        }
        Path config = folder.resolve("ifbus.yaml");
        Files.writeString(config, yaml(hazards));
        this.bus = Bus.start(Config.read(config));
    }

    /** Takes the call after two rings, listens what it is about, and presses 1. */
    private static Script expert() {
        return Script.answer(Duration.ofMillis(900)).pause(Duration.ofMillis(1_800)).press("1");
    }

    private static Script guardian() { return Script.answer(Duration.ofMillis(700)).pause(Duration.ofMillis(1_500)).press("1"); }

    private void start(PhoneSettings settings, Script script) throws IOException {
        byName.put(settings.name(), phones.start(settings, script,
                (phone, event) -> Output.progress(Output.dim("             " + phone.name() + "'s phone: " + event.words()))));
    }

    private String yaml(List<String> hazards) {
        StringBuilder council = new StringBuilder();
        for (String guardian : GUARDIANS)
            council.append("  - { id: ").append(guardian).append(", uri: \"").append(phone(guardian).uri()).append("\", accept: dtmf }\n");
        return """
                # Written by 'ifbus demo'. Its ports were free ones of that run; to run this bus again, name your own phones.
                domain: ifbus.local
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"] }
                media: { address: 127.0.0.1, ports: 28000-28998 }
                agents: [ { id: "%s", publicKey: "%s" } ]
                experts:
                  - { uri: "%s", name: "Dr. Example", hazards: [%s], accept: dtmf, ringTimeout: PT20S }
                guardians:
                %scouncil: { quorum: 2, deadline: PT1M, gather: PT20S }
                """.formatted(data.toAbsolutePath(), agent, agentKey.verifyKey(), phone(EXPERT).uri(), String.join(", ", hazards), council);
    }

    Phone phone(String name) {
        Phone phone = byName.get(name);
        if (phone == null) throw new IllegalArgumentException("no phone is called " + name);
        return phone;
    }

    URI http() { return URI.create("http://" + bus.http()); }

    String agentToken() throws IOException { return token(Tokens.file(data, Role.AGENT, agent)); }

    String operatorToken() throws IOException { return token(Tokens.file(data, Role.OPERATOR)); }

    String guardianToken(String guardian) throws IOException { return token(Tokens.file(data, Role.GUARDIAN, guardian)); }

    private static String token(Path file) throws IOException { return Files.readString(file).strip(); }

    DataDirectory data() { return new DataDirectory(data); }

    /** Hangs up everywhere and stops the bus; the data stays. */
    @Override
    public void close() {
        bus.close();
        byName.values().forEach(Phone::close);
        phones.close();
    }
}
