package org.infrafabric.media;

import java.util.List;
import java.util.Optional;
import org.infrafabric.media.AudioPort.Encoding;

/** Makes encoders and decoders. Opus is libopus where the machine has it, else Java. */
final class Codecs {
    private static final List<Encoding> BY_ORDINAL = List.of(Encoding.values());

    private final Optional<LibOpus> opus;

    /** @param opus empty to do without libopus */
    Codecs(Optional<LibOpus> opus) { this.opus = opus; }

    static Encoding encoding(int ordinal) { return BY_ORDINAL.get(ordinal); }

    SpeechDecoder decoder(Encoding encoding) {
        return switch (encoding) {
            case PCMU -> G711.PCMU;
            case PCMA -> G711.PCMA;
            case G722 -> new G722Decoder();
            case OPUS -> opus.<SpeechDecoder>map(NativeOpusDecoder::new).orElseGet(JavaOpusDecoder::new);
        };
    }

    SpeechEncoder encoder(Encoding encoding, OpusTerms terms) {
        return switch (encoding) {
            case PCMU -> G711.PCMU;
            case PCMA -> G711.PCMA;
            case G722 -> new G722Encoder();
            case OPUS -> opus.<SpeechEncoder>map(it -> new NativeOpusEncoder(it, terms)).orElseGet(() -> new JavaOpusEncoder(terms));
        };
    }
}
