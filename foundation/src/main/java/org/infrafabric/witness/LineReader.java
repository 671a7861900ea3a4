package org.infrafabric.witness;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Lines of a stream as bytes, without their LF (or CR LF). A line over the bound is cut there, which no entry survives. */
final class LineReader {
    private final InputStream in;
    private final int maxLine;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;

    LineReader(InputStream in, int maxLine) {
        this.in = in;
        this.maxLine = maxLine;
    }

    /** The next line; empty at the end of the stream. */
    Optional<byte[]> next() throws IOException {
        byte[] line = new byte[0];
        boolean any = false;
        while (fill()) {
            any = true;
            int lf = at;
            while (lf < end && buffer[lf] != '\n') lf++;
            int take = Math.min(lf - at, maxLine - line.length);
            int had = line.length;
            line = Arrays.copyOf(line, had + take);
            System.arraycopy(buffer, at, line, had, take);
            at = Math.min(lf + 1, end);
            if (lf < end) break;
        }
        if (!any) return Optional.empty();
        int length = line.length;
        if (length > 0 && line[length - 1] == '\r') length--;
        return Optional.of(length == line.length ? line : Arrays.copyOf(line, length));
    }

    private boolean fill() throws IOException {
        if (at < end) return true;
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
