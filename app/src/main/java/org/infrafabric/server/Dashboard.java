package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that are served as they lie in the jar: the dashboard from {@code web/}, and the description of the API. Nothing else can be reached. */
final class Dashboard {
    /** Everything in {@code web/}; a test holds the two together. */
    static final List<String> FILES = List.of("index.html", "app.css", "app.js", "api.js", "dom.js", "escalation.js", "icon.svg", "log.js",
            "proof.js", "time.js");

    private static final Map<String, String> TYPES = Map.of("html", "text/html;charset=utf-8", "css", "text/css;charset=utf-8", "js",
            "text/javascript;charset=utf-8", "svg", "image/svg+xml", "yaml", "application/yaml");

    private record Resource(byte[] bytes, String type, String etag) {}

    private final Map<String, Resource> resources = new LinkedHashMap<>();

    Dashboard() {
        for (String file : FILES) resources.put(file, load("/dashboard/" + file));
        resources.put("openapi.yaml", load("/org/infrafabric/server/openapi.yaml"));
    }

    /** Sends one of the files; throws {@link Problem} 404 for any other name. */
    void send(Context ctx, String file) {
        Resource resource = resources.get(file);
        if (resource == null) throw new Problem(Problem.Code.NOT_FOUND, "", "There is no such page.");
        ctx.header("ETag", resource.etag).header("Cache-Control", "no-cache");
        if (resource.etag.equals(ctx.header("If-None-Match"))) ctx.status(304);
        else ctx.contentType(resource.type).result(resource.bytes);
    }

    private static Resource load(String path) {
        try (InputStream in = Dashboard.class.getResourceAsStream(path)) {
            if (in == null) throw new IllegalStateException(path + " is missing in the jar: build the module 'app' again");
            byte[] bytes = in.readAllBytes();
            String type = TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "application/octet-stream");
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Resource(bytes, type, "\"" + HexFormat.of().formatHex(digest, 0, 8) + "\"");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent); // every JDK has SHA-256
        }
    }
}
