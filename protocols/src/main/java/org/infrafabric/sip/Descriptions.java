package org.infrafabric.sip;

import java.util.Optional;
import org.infrafabric.media.AudioAnswer;
import org.infrafabric.media.AudioOffer;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.sdp.OfferAnswer;

/** One leg's side of offer and answer (RFC 3264): what we say of our sound, and the port that what was agreed is given to. */
final class Descriptions {
    static final String TYPE = "application/sdp";

    private AudioPort audio;
    private final long sessionId;
    private final OfferAnswer turns = new OfferAnswer();
    private Direction willing = Direction.SENDRECV;
    private Optional<Negotiated> agreed = Optional.empty();

    Descriptions(AudioPort audio, long sessionId) {
        this.audio = audio;
        this.sessionId = sessionId;
    }

    /** Whether the peer shall be on hold from the next offer or answer on, RFC 3264 §8.4. Gives whether that is new. */
    boolean hold(boolean held) {
        Direction next = held ? Direction.SENDONLY : Direction.SENDRECV;
        boolean changed = next != willing;
        willing = next;
        return changed;
    }

    /** What is said and heard goes through another port from now on; the peer is to be offered it. */
    void move(AudioPort to) {
        audio = to;
        agreed.ifPresent(to::connect);
    }

    /** Our offer; its answer is awaited from now on. */
    byte[] offer() {
        byte[] offer = AudioOffer.offer(audio.local(), audio.encodings(), sessionId, turns.version(), willing);
        long version = turns.versionFor(offer);
        if (version != turns.version()) offer = AudioOffer.offer(audio.local(), audio.encodings(), sessionId, version, willing);
        turns.offered(offer, version);
        return offer;
    }

    boolean awaitsAnswer() { return turns.awaitsAnswer(); }

    /** The peer has refused our offer: what was agreed before stands. */
    void refused() {
        var unused = turns.close();
    }

    /** Takes the peer's answer to our offer, and connects the port. */
    void accept(byte[] answer) throws NoCommonCodec, MalformedSdp {
        byte[] offer = turns.close().orElseThrow(() -> new MalformedSdp(0, "an answer that nobody asked for"));
        connect(AudioAnswer.accept(offer, answer));
    }

    /** Our offer was answered, and then changed, before the leg stood: connects the port as the last change has it. */
    void settle(Negotiated last) {
        refused();
        connect(last);
    }

    /** Answers the peer's offer, and connects the port. */
    byte[] answer(byte[] offer) throws NoCommonCodec, MalformedSdp {
        AudioAnswer answer = early(offer);
        connect(answer.media());
        return answer.sdp();
    }

    /** Answers an offer that the peer makes while it rings; the port stays as it is. */
    AudioAnswer early(byte[] offer) throws NoCommonCodec, MalformedSdp {
        AudioAnswer answer = AudioAnswer.answer(offer, audio.local(), audio.encodings(), sessionId, turns.version(), willing);
        long version = turns.versionFor(answer.sdp());
        if (version != turns.version()) answer = AudioAnswer.answer(offer, audio.local(), audio.encodings(), sessionId, version, willing);
        turns.answered(answer.sdp(), version);
        return answer;
    }

    /** Answers an offer in a call that stands; one that takes the stream away leaves the call in silence. */
    byte[] answerAgain(byte[] offer) throws NoCommonCodec, MalformedSdp {
        Optional<byte[]> nothing = AudioAnswer.answerToNothing(offer, audio.local(), sessionId, turns.version() + 1);
        if (nothing.isEmpty()) return answer(offer);
        turns.answered(nothing.get(), turns.version() + 1);
        agreed.ifPresent(last -> connect(new Negotiated(last.remote(), last.encoding(), last.payloadType(), last.telephoneEventType(), false)));
        return nothing.get();
    }

    private void connect(Negotiated media) {
        audio.connect(media);
        agreed = Optional.of(media);
    }
}
