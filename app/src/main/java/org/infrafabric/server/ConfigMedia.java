package org.infrafabric.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infrafabric.guard.YamlSection;
import org.infrafabric.media.AudioPort.Encoding;

/** Reads the section {@code media} of a config. */
final class ConfigMedia {
    private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})\\s*-\\s*([0-9]{1,5})");

    private ConfigMedia() {}

    static Config.Media read(YamlSection section) {
        String address = section.text("address", "127.0.0.1");
        if (!Addresses.isAddress(address) || address.equals("localhost"))
            section.problem("address", "\"" + address + "\" is no IP address", "write one that phones can reach, such as 192.0.2.7");
        else
            if (Addresses.isWildcard(address))
                section.problem("address", address + " is no address that a phone can send to", "write the address of this machine's interface");
        String ports = section.text("ports", "20000-29999");
        Matcher range = PORTS.matcher(ports);
        int first = 20_000;
        int last = 29_999;
        if (range.matches() && Addresses.isPort(range.group(1)) && Addresses.isPort(range.group(2))) {
            first = Integer.parseInt(range.group(1));
            last = Integer.parseInt(range.group(2));
        }
        if (!range.matches() || !Addresses.isPort(range.group(1)) || !Addresses.isPort(range.group(2)) || first < 1024 || last - first < 7) {
            section.problem("ports", "\"" + ports + "\" is no range of ports",
                    "write FIRST-LAST from 1024 to 65535, at least 8 ports, such as 20000-29999");
        } else if (first % 2 != 0) {
            section.problem("ports", "the range begins with the odd port " + first,
                    "begin with an even one: RTP takes even ports, RTCP the odd ones above");
        }
        List<Encoding> codecs = codecs(section);
        Duration timeout = section.duration("timeout", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(24));
        section.end();
        return new Config.Media(address, first, last, codecs, timeout);
    }

    private static List<Encoding> codecs(YamlSection section) {
        if (!section.has("codecs")) return Encoding.ALL;
        List<Encoding> codecs = new ArrayList<>();
        for (String name : section.texts("codecs")) {
            Optional<Encoding> codec = Encoding.ALL.stream().filter(known -> known.name().equalsIgnoreCase(name)).findFirst();
            if (codec.isEmpty() || codecs.contains(codec.get()))
                section.problem("codecs", "\"" + name + "\" is no codec, or stands there twice",
                        "write some of opus, G722, PCMU, PCMA, the best first");
            else
                codecs.add(codec.get());
        }
        if (codecs.isEmpty()) section.problem("codecs", "no codec is named", "write some of opus, G722, PCMU, PCMA, or leave the key out");
        return List.copyOf(codecs);
    }
}
