package org.infrafabric.sip;

import java.util.Optional;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.AudioAnswer;
import org.infrafabric.media.AudioOffer;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.media.NoCommonCodec;

/** One leg's side of offer and answer (RFC 3264): what we last said, and the port that what was agreed is given to. */
final class Descriptions {
    static final String TYPE = "application/sdp";

    private final AudioPort audio;
    private final long sessionId;
    private long version;
    private Optional<byte[]> offered = Optional.empty();

    Descriptions(AudioPort audio, long sessionId) {
        this.audio = audio;
        this.sessionId = sessionId;
    }

    /** Our offer; its answer is awaited from now on. */
    byte[] offer() {
        byte[] offer = AudioOffer.offer(audio.local(), sessionId, ++version);
        offered = Optional.of(offer);
        return offer;
    }

    boolean awaitsAnswer() { return offered.isPresent(); }

    /** Takes the peer's answer to our offer, and connects the port. */
    void accept(byte[] answer) throws NoCommonCodec, MalformedSdp {
        byte[] offer = offered.orElseThrow(() -> new MalformedSdp(0, "an answer that nobody asked for"));
        offered = Optional.empty();
        audio.connect(AudioAnswer.accept(offer, answer));
    }

    /** Answers the peer's offer, and connects the port. */
    byte[] answer(byte[] offer) throws NoCommonCodec, MalformedSdp {
        AudioAnswer answer = AudioAnswer.answer(offer, audio.local(), sessionId, ++version);
        audio.connect(answer.media());
        return answer.sdp();
    }
}
