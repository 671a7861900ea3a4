package org.infrafabric.server;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes before it is served: the host it was sent to, the site it was sent from, the token it carries, the rate it keeps.
 *
 * <p>{@code Host} is checked because a page on another site can point a name of its own at this address (DNS rebinding) and would then be
 * of the same origin; {@code Origin}, because a browser sends requests for any site that asks it to.
 */
final class Doorkeeper {
    /** Probes come with the address of a pod or container as host, tell nothing and change nothing. */
    private static final Set<String> ANY_HOST = Set.of("/healthz", "/readyz");
    private static final Set<HandlerType> SAFE = Set.of(HandlerType.GET, HandlerType.HEAD);
    private static final int LONGEST_TOKEN = 512;
    private static final int FAILURES_PER_SECOND = 10;
    private static final int FAILURE_BURST = 100;

    private final Set<String> names;
    private final Credentials credentials;
    private final RateLimit perToken;
    private final RateLimit failures;

    Doorkeeper(HttpSettings settings, Credentials credentials, LongSupplier nanoClock) {
        names = Stream.concat(Stream.of("localhost", "127.0.0.1", "[::1]", bracketed(settings.host())), settings.names().stream())
                .map(name -> name.toLowerCase(Locale.ROOT)).filter(name -> !name.equals("0.0.0.0") && !name.equals("[::]"))
                .collect(Collectors.toUnmodifiableSet());
        this.credentials = credentials;
        perToken = new RateLimit(settings.requestsPerSecond(), settings.burst(), nanoClock);
        failures = new RateLimit(FAILURES_PER_SECOND, FAILURE_BURST, nanoClock);
    }

    /** Throws {@link Problem} for a request to a foreign host or from a foreign site. */
    void checkWhereFrom(Context ctx) {
        String host = ctx.header("Host");
        if (!ANY_HOST.contains(ctx.path()) && !knows(host, ctx.req().getLocalAddr()))
            throw new Problem(Problem.Code.HOST, "Host",
                    "Send requests to the address this server listens on, or add the name to http.names in the config.");
        String origin = ctx.header("Origin");
        if (origin != null && !sameSite(origin, host))
            throw new Problem(Problem.Code.ORIGIN, "Origin", "A page may call this server only if it was loaded from it.");
        // A browser without Origin still says where a request comes from (Fetch Metadata).
        String site = ctx.header("Sec-Fetch-Site");
        if (site != null && !SAFE.contains(ctx.method()) && !site.equals("same-origin") && !site.equals("none"))
            throw new Problem(Problem.Code.ORIGIN, "Sec-Fetch-Site", "A page may call this server only if it was loaded from it.");
    }

    /** Who sends this request. Throws {@link Problem} when nobody known does, or does so too often. */
    Principal admit(Context ctx) {
        Optional<Principal> known = token(ctx.header("Authorization")).flatMap(credentials::principal);
        if (known.isEmpty()) {
            String from = String.valueOf(ctx.req().getRemoteAddr());
            failures.take(from).ifPresent(wait -> { throw tooMany(wait, "Too many requests without a valid token from this address."); });
            throw new Problem(Problem.Code.TOKEN, "Authorization", "Send the header 'Authorization: Bearer TOKEN' with a token of this bus.");
        }
        Principal principal = known.get();
        perToken.take(principal.role() + " " + principal.id())
                .ifPresent(wait -> {
                    throw tooMany(wait, "This token's requests come faster than its limit allows.");
                });
        return principal;
    }

    private static Problem tooMany(Duration wait, String detail) {
        return new Problem(Problem.Code.RATE, "", detail, (int) Math.max(1, wait.plusMillis(999).toSeconds()));
    }

    /** The bearer token of an {@code Authorization} header. */
    static Optional<String> token(@Nullable String authorization) {
        if (authorization == null || authorization.length() > LONGEST_TOKEN || !authorization.regionMatches(true, 0, "Bearer ", 0, 7))
            return Optional.empty();
        String token = authorization.substring(7).strip();
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }

    private boolean knows(@Nullable String authority, @Nullable String localAddress) {
        if (authority == null) return false;
        String name = hostOf(authority).toLowerCase(Locale.ROOT);
        // The bare address this connection came in on: rebinding needs a name.
        return names.contains(name) || localAddress != null && name.equals(bracketed(localAddress));
    }

    private static boolean sameSite(String origin, @Nullable String host) {
        return host != null && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host));
    }

    private static String hostOf(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        return end <= 0 ? authority : authority.substring(0, end);
    }

    private static String bracketed(String address) { return address.indexOf(':') >= 0 && !address.startsWith("[") ? "[" + address + "]" : address; }
}
