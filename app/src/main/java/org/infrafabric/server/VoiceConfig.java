package org.infrafabric.server;

import org.infrafabric.speech.VoiceSettings;

/** The config's word for a voice, in the speech room's terms. */
final class VoiceConfig {
    private VoiceConfig() {}

    static VoiceSettings settings(Config.Speech speech) {
        VoiceSettings.Choice choice = switch (speech.voice()) {
            case AUTO -> VoiceSettings.Choice.AUTO;
            case OPENAI -> VoiceSettings.Choice.OPENAI;
            case FLITE -> VoiceSettings.Choice.FLITE;
            case EMBEDDED -> VoiceSettings.Choice.EMBEDDED;
        };
        return new VoiceSettings(choice, speech.openAi().map(VoiceConfig::endpoint), speech.flite(), speech.fliteVoice(), speech.longestText(),
                speech.timeout());
    }

    private static VoiceSettings.OpenAi endpoint(Config.OpenAi openAi) {
        return new VoiceSettings.OpenAi(openAi.endpoint(), openAi.model(), openAi.voice(), openAi.apiKeyFile(),
                openAi.pcm() ? VoiceSettings.Format.PCM : VoiceSettings.Format.WAV);
    }
}
