package org.infrafabric.server;

import java.time.Duration;
import java.util.List;

/**
 * Where the HTTP API listens and what it bears.
 *
 * @param host address to listen on, IPv6 in brackets
 * @param port 0 for any free one
 * @param names further host names under which browsers and agents may come, such as the name a reverse proxy answers to; without port
 * @param maxBodyBytes longest body taken
 * @param requestsPerSecond refill of each token's bucket
 * @param burst size of each token's bucket
 * @param maxStreams event streams at once, all together
 * @param maxStreamsPerToken event streams at once for one token
 * @param maxConnections TCP connections at once; further ones wait to be accepted
 * @param maxConnectionsPerAddress of one client's address; further ones are closed
 * @param headBytes longest request line and headers
 * @param headWithin how long a client may take for them
 * @param slowestBody bytes a second, on average; a slower sender is cut off
 * @param heartbeat how often a quiet event stream says that it lives
 * @param writeTimeout how long a client may leave a write unread before it is cut off
 */
public record HttpSettings(String host, int port, List<String> names, int maxBodyBytes, int requestsPerSecond, int burst, int maxStreams,
        int maxStreamsPerToken, int maxConnections, int maxConnectionsPerAddress, int headBytes, Duration headWithin, int slowestBody,
        Duration heartbeat, Duration writeTimeout) {

    /** The defaults of {@code ifbus.reference.yaml}. */
    public static HttpSettings defaults(String host, int port) {
        return new HttpSettings(host, port, List.of(), 1 << 20, 200, 400, 256, 32, 2_000, 500, 16_384, Duration.ofSeconds(10), 200,
                Duration.ofSeconds(15), Duration.ofSeconds(30));
    }

    /** The same with other limits on connections. */
    HttpSettings withConnections(int perAddress, Duration within, int slowest, Duration write) {
        return new HttpSettings(host, port, names, maxBodyBytes, requestsPerSecond, burst, maxStreams, maxStreamsPerToken, maxConnections, perAddress,
                headBytes, within, slowest, heartbeat, write);
    }
}
