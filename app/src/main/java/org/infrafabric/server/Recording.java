package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends a sound file, whole or one range of it (RFC 9110 §14), so that a player can seek. */
final class Recording {
    private static final Pattern ONE_RANGE = Pattern.compile("bytes=([0-9]{0,15})-([0-9]{0,15})");

    private Recording() {}

    /** Throws {@link Problem} 404 when the file is gone, 416 when the range lies outside it. */
    static void send(Context ctx, String file, String name) throws IOException {
        Path path = Path.of(file);
        if (!Files.isRegularFile(path)) throw new Problem(Problem.Code.NOT_FOUND, "id", "Its recording has been removed.");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            Range range = Range.of(ctx.header("Range"), size);
            if (range.unsatisfiable()) {
                ctx.header("Content-Range", "bytes */" + size);
                throw new Problem(Problem.Code.RANGE, "Range", "The file has " + size + " bytes.");
            }
            ctx.status(range.partial ? 206 : 200).contentType("audio/wav").header("Accept-Ranges", "bytes")
                    .header("Cache-Control", "private, no-store").header("Content-Disposition", "inline; filename=\"" + name + "\"");
            if (range.partial) ctx.header("Content-Range", "bytes " + range.first + "-" + range.last + "/" + size);
            ctx.res().setContentLengthLong(range.length());
            if (ctx.req().getMethod().equals("HEAD")) return;
            channel.position(range.first);
            copy(Channels.newInputStream(channel), ctx.res().getOutputStream(), range.length());
        }
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] piece = new byte[32_768];
        long left = length;
        while (left > 0) {
            int n = in.read(piece, 0, (int) Math.min(piece.length, left));
            if (n < 0) return; // cut off while being sent; the client sees a short body
            out.write(piece, 0, n);
            left -= n;
        }
    }

    /** @param last inclusive */
    private record Range(long first, long last, boolean partial) {
        /** What is no single byte range is ignored, as RFC 9110 §14.2 allows. */
        static Range of(@Nullable String header, long size) {
            Range whole = new Range(0, size - 1, false);
            if (header == null) return whole;
            Matcher matcher = ONE_RANGE.matcher(header.strip());
            if (!matcher.matches()) return whole;
            String from = matcher.group(1);
            String to = matcher.group(2);
            if (from.isEmpty()) return to.isEmpty() ? whole : new Range(Math.max(0, size - Long.parseLong(to)), to.equals("0") ? -1 : size - 1, true);
            long first = Long.parseLong(from);
            long last = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
            return !to.isEmpty() && Long.parseLong(to) < first ? whole : new Range(first, last, true);
        }

        boolean unsatisfiable() { return partial && (first > last || last < 0); }

        long length() { return last - first + 1; }
    }
}
