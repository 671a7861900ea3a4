package org.infrafabric.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.SignedNote;
import org.infrafabric.witness.WitnessReader;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A log as somebody sees it who watches it: from its data directory, or over HTTP. */
interface WatchedLog extends AutoCloseable {
    Checkpoint checkpoint() throws IOException;

    /** Empty where the log gives no proof: that is an answer, too. Throws {@link UncheckedIOException} when it gives no answer. */
    List<byte[]> consistency(long from, long to);

    /** The keys that the log itself says are its own. */
    List<VerifyKey> keys() throws IOException;

    @Override
    void close();

    static WatchedLog local(LogOption data) {
        SqliteStore store = data.readOnly();
        WitnessReader reader = new WitnessReader(store);
        return new WatchedLog() {
            @Override
            public Checkpoint checkpoint() throws IOException { return reader.checkpoint(SigningKey.read(data.data().busKey())); }

            @Override
            public List<byte[]> consistency(long from, long to) { return reader.consistencyProof(from, to); }

            @Override
            public List<VerifyKey> keys() { return reader.keys().stream().map(key -> VerifyKey.parse(key.publicKey())).toList(); }

            @Override
            public void close() { store.close(); }
        };
    }

    /** @param token empty: none is sent */
    static WatchedLog remote(URI server, String token) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        return new WatchedLog() {
            @Override
            public Checkpoint checkpoint() throws IOException { return Checkpoint.parse(get("/v1/witness/checkpoint")); }

            @Override
            public List<byte[]> consistency(long from, long to) {
                try {
                    JsonNode path = Output.JSON.readTree(get("/v1/witness/proof/consistency?from=" + from + "&to=" + to)).path("path");
                    return path.values().stream().map(hash -> HexFormat.of().parseHex(hash.asString(""))).toList();
                } catch (BusOption.Refused refused) {
                    if (!refused.lasting()) throw new UncheckedIOException(refused);
                    return List.of(); // which proves nothing
                } catch (IOException unheard) {
                    throw new UncheckedIOException(unheard);
                } catch (IllegalArgumentException | JacksonException noProof) {
                    return List.of();
                }
            }

            @Override
            public List<VerifyKey> keys() throws IOException {
                return Output.JSON.readTree(get("/v1/keys")).path("keys").values().stream()
                        .map(key -> VerifyKey.parse(key.path("publicKey").asString("")))
                        .toList();
            }

            private byte[] get(String path) throws IOException {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.toString().replaceAll("/+$", "") + path))
                        .timeout(Duration.ofSeconds(10));
                if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
                HttpResponse<InputStream> answer;
                try {
                    answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
                } catch (ConnectException | HttpConnectTimeoutException nobody) {
                    throw new BusOption.NoBus(server.toString(), nobody);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
                try (InputStream body = answer.body()) {
                    byte[] bytes = body.readNBytes(SignedNote.MAX_BYTES + 1);
                    if (answer.statusCode() != 200) throw new BusOption.Refused(answer.statusCode(), BusOption.read(bytes));
                    return bytes;
                }
            }

            @Override
            public void close() { client.shutdownNow(); }
        };
    }
}
