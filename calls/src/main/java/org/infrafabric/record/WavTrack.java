package org.infrafabric.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One WAV file being written: 8 or 16 kHz, 16 bit, one channel. Frames may leave gaps, which are silence. About once a second what is buffered goes to the
 * file and the sizes in its header are set right, so that a crash leaves a file that every player reads. One thread.
 */
final class WavTrack {
    private static final int HEADER = 44;
    private static final int BUFFERED_FRAMES = 50;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final int rate;
    private final int frameBytes;
    private final FileChannel channel;
    private final ByteBuffer sizes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    private ByteBuffer buffer = NOTHING;                                  // held only while there is sound
    private long bufferedAt;                                              // where in the sound the buffer's first byte belongs
    private long length;                                                  // bytes of sound in the file
    private boolean idle;

    /** @throws IOException when it exists, or cannot be made */
    WavTrack(Path file, int rate) throws IOException {
        this.file = file;
        this.rate = rate;
        this.frameBytes = 2 * rate / 50;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ascii("RIFF")).putInt(HEADER - 8).put(ascii("WAVEfmt ")).putInt(16).putShort((short) 1).putShort((short) 1).putInt(rate)
                .putInt(2 * rate).putShort((short) 2).putShort((short) 16).put(ascii("data")).putInt(0).flip();
        writeFully(header, 0);
    }

    Path file() { return file; }

    int rate() { return rate; }

    long millis() { return length * 1_000 / (2 * rate); }

    /** Puts the 20 ms number {@code index} in its place; {@code samples} holds as many as the rate has in that time. */
    void frame(long index, short[] samples, int offset) throws IOException {
        long at = index * frameBytes;
        if (buffer == NOTHING) {
            buffer = ByteBuffer.allocate(BUFFERED_FRAMES * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
            bufferedAt = at;
        }
        if (at != bufferedAt + buffer.position() || !buffer.hasRemaining()) {
            write();
            bufferedAt = at;
        }
        idle = false;
        for (int i = 0; i < frameBytes / 2; i++) buffer.putShort(samples[offset + i]);
    }

    /** Brings all that was buffered to the file and sets its sizes. */
    void flush() throws IOException {
        write();
        if (idle) buffer = NOTHING;
        idle = true;
    }

    /** Ends the file after {@code frames} ticks in all; what is missing until there is silence. */
    void finish(long frames) throws IOException {
        write();
        long whole = frames * frameBytes;
        if (whole > length) {
            writeFully(ByteBuffer.allocate(1), HEADER + whole - 1);
            length = whole;
            writeSizes();
        }
        channel.force(true);
        channel.close();
    }

    /** Gives up, with the file as it was last flushed. */
    void abandon() {
        try {
            channel.close();
        } catch (IOException alreadyFailed) {
            // the first failure was told
        }
    }

    private void write() throws IOException {
        int bytes = buffer.position();
        if (bytes == 0) return;
        buffer.flip();
        writeFully(buffer, HEADER + bufferedAt);
        buffer.clear();
        length = Math.max(length, bufferedAt + bytes);
        bufferedAt += bytes;
        writeSizes();
    }

    private void writeSizes() throws IOException {
        writeFully(sizes.clear().putInt((int) (length + HEADER - 8)).flip(), 4);
        writeFully(sizes.clear().putInt((int) length).flip(), 40);
    }

    private void writeFully(ByteBuffer from, long position) throws IOException {
        long at = position;
        while (from.hasRemaining()) at += channel.write(from, at);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
