package org.infrafabric.server;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.guard.YamlSection;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.witness.CosignPolicy;
import org.infrafabric.witness.NoteKey;

/** The {@code witness} section of {@code ifbus.yaml}: who cosigns the log's checkpoints. */
final class ConfigWitness {
    private static final Duration EVERY = Duration.ofSeconds(10);

    private ConfigWitness() {}

    static Config.Witnessing read(YamlSection section) {
        List<Config.OutsideWitness> witnesses = new ArrayList<>();
        for (YamlSection one : section.sections("witnesses")) {
            String name = one.required("name", "as the witness signs, such as witness.example/w1");
            String url = one.required("url", "where the witness takes checkpoints, such as https://witness.example/w1");
            String key = one.required("key", "the witness's public key, ed25519:… or its verifier key NAME+ID+KEY");
            Optional<NoteKey> read = key(one, name, key);
            Optional<URI> prefix = url(one, url);
            one.end();
            if (read.isPresent() && prefix.isPresent()) witnesses.add(new Config.OutsideWitness(read.get(), prefix.get()));
        }
        YamlSection policy = section.section("policy");
        int need = policy.whole("need", witnesses.size(), 0, Math.max(witnesses.size(), 0));
        policy.end();
        Duration every = section.duration("every", EVERY, Duration.ofSeconds(1), Duration.ofHours(1));
        section.end();
        try {
            return new Config.Witnessing(witnesses,
                    new CosignPolicy(witnesses.stream().map(Config.OutsideWitness::key).toList(), Math.min(need, witnesses.size())),
                    every);
        } catch (IllegalArgumentException wrong) {
            section.problem("witnesses", String.valueOf(wrong.getMessage()), "give each witness once, with its own key");
            return new Config.Witnessing(List.of(), CosignPolicy.NONE, every);
        }
    }

    private static Optional<NoteKey> key(YamlSection section, String name, String key) {
        if (name.isEmpty() || key.isEmpty()) return Optional.empty(); // reported already
        try {
            NoteKey read = key.startsWith("ed25519:") ? NoteKey.witness(name, VerifyKey.parse(key)) : NoteKey.parse(key);
            if (read.name().equals(name) && read.kind() == NoteKey.Kind.COSIGNATURE) return Optional.of(read);
            section.problem("key", "it is not a cosigning key of " + name, "give the verifier key that the witness itself gives");
        } catch (IllegalArgumentException wrong) {
            section.problem("key", String.valueOf(wrong.getMessage()), "write ed25519:… or NAME+ID+KEY");
        }
        return Optional.empty();
    }

    private static Optional<URI> url(YamlSection section, String text) {
        if (text.isEmpty()) return Optional.empty();
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && url.getQuery() == null && ("https".equals(url.getScheme()) || "http".equals(url.getScheme())))
                return Optional.of(url);
        } catch (IllegalArgumentException invalid) {
            // reported below
        }
        section.problem("url", "is no URL", "write https://HOST/PATH");
        return Optional.empty();
    }
}
