package org.infrafabric.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Whom each bearer token speaks for (CONTRACT §2): those of the config, and those in files of the data directory, which only their owner may read.
 *
 * <p>At the first start three files are made, one a role: {@code operator.token}, {@code agent.token}, {@code guardian.token}. The operator's works as any operator's;
 * the agent's speaks for every agent of the roster, since a message's signature says whose it is; the guardian's can only read, since a vote carries no signature.
 * Every agent and guardian to whom the config gives no token gets a file of their own, {@code agent-….token} or {@code guardian-….token}. Immutable; any
 * thread. Tokens are kept as digests only.
 */
public final class Tokens implements Credentials {
    private static final int RANDOM_BYTES = 32;
    private static final int LONGEST = 512;

    private final List<Known> known;

    /** @param key with which an edge signs; empty where it has none, and for all others */
    private record Known(byte[] digest, Principal principal, String key) {}

    private Tokens(List<Known> known) { this.known = List.copyOf(known); }

    /**
     * Reads the token files of the data directory, and makes those that are missing.
     *
     * @throws IOException saying which file, and what to do, when one cannot be made or read, or others may read it
     */
    public static Tokens open(Config config, Path data) throws IOException {
        List<Known> known = new ArrayList<>();
        add(known, read(file(data, Role.OPERATOR)), new Principal(Role.OPERATOR, "operator"));
        add(known, read(file(data, Role.AGENT)), new Principal(Role.AGENT, ""));
        add(known, read(file(data, Role.GUARDIAN)), new Principal(Role.GUARDIAN, ""));
        for (Config.OperatorEntry entry : config.operators()) {
            if (entry.token().isPresent()) add(known, entry.token().get().value(), new Principal(Role.OPERATOR, entry.id()));
        }
        for (Config.EdgeEntry entry : config.edges())
            add(known, entry.token().value(), new Principal(Role.EDGE, entry.id()), entry.key().map(VerifyKey::toString).orElse(""));
        for (Config.AgentEntry entry : config.agents()) {
            String id = entry.agent().id();
            String token = entry.token().isPresent() ? entry.token().get().value() : read(file(data, Role.AGENT, id));
            add(known, token, new Principal(Role.AGENT, id));
        }
        for (Config.GuardianEntry entry : config.guardians()) {
            String id = entry.guardian().id();
            String token = entry.token().isPresent() ? entry.token().get().value() : read(file(data, Role.GUARDIAN, id));
            add(known, token, new Principal(Role.GUARDIAN, id));
        }
        return new Tokens(known);
    }

    /** The role's own token file. */
    public static Path file(Path data, Role role) {
        return data.resolve(role.name().toLowerCase(Locale.ROOT) + ".token");
    }

    /** The token file of an agent or guardian to whom the config gives no token. */
    public static Path file(Path data, Role role, String id) {
        String plain = id.replaceAll("[^A-Za-z0-9._-]+", "-");
        // Two ids may look alike once they are a file's name; the digest tells them apart.
        String name = plain.equals(id) ? plain : plain + "-" + Sha256.hex(id.getBytes(UTF_8)).substring(0, 8);
        return data.resolve(role.name().toLowerCase(Locale.ROOT) + "-" + name + ".token");
    }

    /** Compares digests, all of them, whatever is found: the time tells nothing of any token. */
    @Override
    public Optional<Principal> principal(String token) {
        if (token.length() > LONGEST) return Optional.empty();
        byte[] digest = Sha256.of(token.getBytes(UTF_8));
        Optional<Principal> found = Optional.empty();
        for (Known candidate : known) {
            if (MessageDigest.isEqual(candidate.digest(), digest)) found = Optional.of(candidate.principal());
        }
        return found;
    }

    /**
     * Names who gets in with which token, and the edges' keys: two are the same when all of it is. Hex SHA-256.
     *
     * @param secret that no reader of the log knows, so that nobody can try guesses of tokens on what stands there
     */
    String accessHash(byte[] secret) {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        known.stream().map(each -> each.principal.role() + " " + each.principal.id() + " " + HexFormat.of().formatHex(each.digest) + " " + each.key)
                .sorted()
                .forEach(all::add);
        return Sha256.hex(secret, CanonicalJson.of(all));
    }

    private static void add(List<Known> known, String token, Principal principal) { add(known, token, principal, ""); }

    private static void add(List<Known> known, String token, Principal principal, String key) {
        known.add(new Known(Sha256.of(token.getBytes(UTF_8)), principal, key));
    }

    private static String read(Path file) throws IOException {
        if (!Files.exists(file)) create(file);
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
            throw new IOException(file + " holds a token and can be read by others; run: chmod 600 " + file);
        }
        String token = Files.size(file) > LONGEST + 2 ? "" : Files.readString(file, US_ASCII).strip();
        if (token.length() < 16)
            throw new IOException(file + " does not hold a token of 16 to " + LONGEST + " characters; delete it and start again to get a new one");
        return token;
    }

    private static void create(Path file) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) Files.createDirectories(folder);
        // Written aside and moved, so that a crash leaves no half of a token.
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        try {
            Files.createFile(aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException racing) {
            throw new IOException(aside + " is being written by another process; is the data directory in use?", racing);
        }
        Files.writeString(aside, token, US_ASCII, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(aside, file);
    }
}
