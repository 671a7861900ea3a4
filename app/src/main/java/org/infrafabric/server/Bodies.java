package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads request bodies, and stops where the limit is. */
final class Bodies {
    /** So much more is read and dropped before a 413, so that a client which first writes everything gets to read the answer. */
    private static final int DROPPED_AT_MOST = 32 << 20;

    private Bodies() {}

    /** The whole JSON body. Throws {@link Problem} when it is in another charset than UTF-8, is compressed, has no length and no chunks, or is over {@code limit} bytes. */
    static byte[] json(Context ctx, int limit) {
        checkCharset(ctx.header("Content-Type"));
        String encoding = ctx.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity"))
            throw new Problem(Problem.Code.MEDIA_TYPE, "Content-Encoding", "Send the body as it is, without compression.");
        long declared = ctx.req().getContentLengthLong();
        if (declared < 0 && ctx.header("Transfer-Encoding") == null && !ctx.protocol().startsWith("HTTP/2"))
            throw new Problem(Problem.Code.LENGTH, "Content-Length", "Send a body with Content-Length, or in chunks.");
        boolean waits = ctx.header("Expect") != null; // 100-continue: this client has sent nothing yet
        if (declared > limit && (waits || declared > limit + (long) DROPPED_AT_MOST)) throw tooLarge(limit);
        try {
            InputStream in = ctx.req().getInputStream();
            if (declared > limit) {
                drop(in);
                throw tooLarge(limit);
            }
            return read(in, limit);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** A body that is one JSON object, read as strictly as a message is. */
    static ObjectNode object(Context ctx, int limit) {
        try {
            return StrictJson.parse(json(ctx, limit));
        } catch (MessageRefused broken) {
            throw new Problem(Problem.Code.MALFORMED, broken.field(), broken.detail());
        }
    }

    private static byte[] read(InputStream in, int limit) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(Math.min(limit, 8_192));
        byte[] piece = new byte[8_192];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            if (body.size() + n > limit) {
                drop(in);
                throw tooLarge(limit);
            }
            body.write(piece, 0, n);
        }
        return body.toByteArray();
    }

    private static void drop(InputStream in) throws IOException {
        byte[] piece = new byte[65_536];
        int dropped = 0;
        for (int n = in.read(piece); n >= 0 && dropped < DROPPED_AT_MOST; n = in.read(piece)) dropped += n;
    }

    private static Problem tooLarge(int limit) {
        return new Problem(Problem.Code.TOO_LARGE, "",
                "At most " + limit + " bytes are taken here; send evidence as links rather than in the message.");
    }

    /** Whatever it is called, it is read as JSON and is malformed if it is none: many clients name another type when told nothing. A charset would be lost on us. */
    private static void checkCharset(@Nullable String type) {
        String[] parts = type == null ? new String[0] : type.toLowerCase(Locale.ROOT).split(";");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8"))
                throw new Problem(Problem.Code.MEDIA_TYPE, "Content-Type", "Send JSON in UTF-8, with Content-Type: application/json.");
        }
    }
}
