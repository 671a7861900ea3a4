package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.infrafabric.media.Pcm;
import org.infrafabric.speech.VoiceSettings;
import org.infrafabric.speech.Voices;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Ears;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Experts' phones as a rung rings them. */
@Execution(ExecutionMode.CONCURRENT) // each has a bus of its own
class RungsTest {
    private static final String ALL_AT_ONCE = """
            version: 1
            rules:
              - { name: people, when: "true", then: people, reason: all at once, rungs: [ [any] ] }
            """;
    private static final String TAKEN = "Somebody else has taken the case. Thank you. Goodbye.";
    @TempDir Path folder;

    @Test
    void shouldGiveTheCaseToOneOfFourPhonesThatRingTogetherAndTellTheOthers() throws Exception {
        Requires.programs("sipp", "baresip", "openssl");
        Path policy = Files.writeString(folder.resolve("policy.yaml"), ALL_AT_ONCE);
        SippScenario presses = SippScenario.invited().ring().answer().pause(1_000).press('1').awaitBye();
        try (Sipp one = Sipp.callee(folder.resolve("one"), presses, 1);
                Sipp two = Sipp.callee(folder.resolve("two"), presses, 1);
                Sipp three = Sipp.callee(folder.resolve("three"), SippScenario.invited().ring().awaitCancel(), 1);
                Baresip four = Baresip.answering(folder.resolve("four"), "four", Tones.write(folder.resolve("four.wav"), 700, 60)); // and presses nothing
                Site site = new Site(folder).expert(one.uri("one"), "safety", "dtmf", "PT20S").expert(two.uri("two"), "safety", "dtmf", "PT20S")
                        .expert(three.uri("three"), "safety", "dtmf", "PT20S").expert(four.uri("four"), "safety", "dtmf", "PT20S")
                        .council("{ quorum: 0, deadline: PT3S, gather: PT1S }")
                        .config("guard: { policy: \"" + policy + "\" }").start()) {
            String id = site.escalate("safety");
            site.await(id, "ACCEPTED", Duration.ofSeconds(30));
            assertThat(three.await(Duration.ofSeconds(10))).as("whose phone still rang was let go").isZero();
            site.await(id, "CLOSED", Duration.ofSeconds(60));
            assertThat(one.await(Duration.ofSeconds(10))).isZero();
            assertThat(two.await(Duration.ofSeconds(10))).isZero();
            List<String> events = site.events(id);
            assertThat(events.stream().filter("IF.escalate ringing"::equals)).as("one rung").hasSize(1);
            assertThat(events.stream().filter("IF.escalate accepted"::equals)).hasSize(1);
            assertThat(events.stream().filter("IF.call call_placed"::equals)).hasSize(4);
            assertThat(events.stream().filter("IF.call call_ended"::equals)).hasSize(4);
            Ears heard = Ears.on(four.heard().getFirst());
            double taken = heard.share(spoken("Somebody else has taken the case.")), whole = heard.share(spoken(TAKEN)); // as it was rendered: by sentences, or in one
            assertThat(Math.max(taken, whole)).as("whoever is being asked hears who has it").isGreaterThan(0.25);
            assertThat(heard.share(spoken("It says: Revenue conflict found in the filing; may I publish?"))).as("and not the case").isZero();
            site.soundLog();
        }
    }

    @Test
    void shouldPressAnExtensionsKeysOnceTheSwitchboardHasAnswered() throws Exception {
        Requires.programs("baresip", "openssl");
        Path voice = Tones.write(folder.resolve("expert.wav"), 700, 60);
        try (Baresip expert = Baresip.answering(folder.resolve("expert"), "expert", voice);
                Site site = new Site(folder).expert(expert.uri("expert") + "\", postAnswerDigits: \",47#", "safety", "answer", "PT20S")
                        .council("{ quorum: 0, deadline: PT20S, gather: PT1S }").start()) {
            String id = site.escalate("safety");
            site.await(id, "ACCEPTED", Duration.ofSeconds(30));
            Await.that("the phone to have heard 4, 7 and #", Duration.ofSeconds(10), () -> digits(expert.output()).equals("47#"));
            site.delete("op", "/v1/escalations/" + id);
            assertThat(site.decision(id, Duration.ofSeconds(20))).isEqualTo("cancelled");
        }
    }

    /** As the bus says it. */
    private static Ears spoken(String words) throws Exception {
        try (Voices voices = Voices.choose(VoiceSettings.defaults())) {
            Pcm sound = voices.speak(words).get(20, TimeUnit.SECONDS);
            return Ears.on(sound.samples(), sound.rate());
        }
    }

    /** What baresip says of each telephone-event that has ended. */
    private static String digits(String output) {
        return Pattern.compile("received event: '(.)' \\(end=1\\)").matcher(output).results().map(found -> found.group(1))
                .collect(Collectors.joining());
    }
}
