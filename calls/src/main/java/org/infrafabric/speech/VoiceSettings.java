package org.infrafabric.speech;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the bus speaks.
 *
 * @param choice which voice; {@link Choice#AUTO} takes what is there, best first
 * @param openAi a speech endpoint, or empty
 * @param flite the flite program, a name to be found on {@code PATH} or an absolute path
 * @param fliteVoice one of flite's own voices, such as {@code slt}
 * @param longestText characters of one text that are spoken, 80–4000 (the endpoint takes 4096); 1200 are about 80 s
 * @param timeout for one text and one voice, 1–120 s; after it the next voice is tried
 */
public record VoiceSettings(Choice choice, Optional<OpenAi> openAi, String flite, String fliteVoice, int longestText, Duration timeout) {
    /** Which voice. */
    public enum Choice {
        /** The speech endpoint if one is configured, flite if it is installed, then the embedded voice; each stands in for the one before it. */
        AUTO,
        /** The speech endpoint; the embedded voice stands in for it. */
        OPENAI,
        /** flite; the embedded voice stands in for it. */
        FLITE,
        /** The embedded voice alone. */
        EMBEDDED
    }

    /**
     * An endpoint that speaks OpenAI's {@code POST …/v1/audio/speech}. What is spoken, briefings too, goes to it.
     *
     * @param endpoint the whole URL; a key is sent only over https, or to loopback
     * @param model such as {@code gpt-4o-mini-tts}
     * @param voice such as {@code alloy}
     * @param apiKeyFile holds the key and nothing else; empty for endpoints without one. Read for each request, so that it can be changed
     * @param format what to ask for
     */
    public record OpenAi(URI endpoint, String model, String voice, Optional<Path> apiKeyFile, Format format) {}

    /** What to ask the endpoint for. */
    public enum Format {
        /** A RIFF file of any rate; its sizes may be unset, as streaming servers leave them. */
        WAV,
        /** Bare 16-bit little-endian samples, 24,000 a second, one channel. */
        PCM
    }

    /** Checks the ranges. */
    public VoiceSettings {
        if (longestText < 80 || longestText > 4000)
            throw new IllegalArgumentException("longestText: " + longestText + " is not within 80–4000 characters");
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofSeconds(120)) > 0)
            throw new IllegalArgumentException("timeout: " + timeout + " is not within PT1S–PT120S");
    }

    /** What holds when nothing is configured. */
    public static VoiceSettings defaults() {
        return new VoiceSettings(Choice.AUTO, Optional.empty(), "flite", "slt", 1200, Duration.ofSeconds(15));
    }

    /** The same, with another choice. */
    public VoiceSettings withChoice(Choice other) {
        return new VoiceSettings(other, openAi, flite, fliteVoice, longestText, timeout);
    }

    /** The same, with an endpoint. */
    public VoiceSettings withOpenAi(OpenAi other) {
        return new VoiceSettings(choice, Optional.of(other), flite, fliteVoice, longestText, timeout);
    }
}
