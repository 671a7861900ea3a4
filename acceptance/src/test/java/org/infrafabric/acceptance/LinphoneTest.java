package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Linphone;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** An expert whose phone is a Linphone: it rings, is answered, and its keys take the case and decide it. */
@Execution(ExecutionMode.CONCURRENT) // it has a bus of its own
class LinphoneTest {
    @TempDir Path folder;

    @Test
    void shouldTakeTheCaseAndDecideItByTheKeysOfALinphone() throws Exception {
        Requires.programs("linphonec");
        try (Linphone phone = Linphone.start(folder.resolve("phone")); Site site = new Site(folder)) {
            site.expert(phone.uri("expert"), "safety", "dtmf", "PT60S").council("{ quorum: 0, deadline: PT60S }").start();
            String id = site.escalate("safety");
            phone.answer(Duration.ofSeconds(60));
            site.await(id, "RINGING", Duration.ofSeconds(10));
            pressUntil(site, phone, id, "ACCEPTED");
            site.await(id, "BRIEFED", Duration.ofSeconds(60));
            pressUntil(site, phone, id, "DECIDED");
            JsonNode decided = site.await(id, "DECIDED", Duration.ofSeconds(30));
            assertThat(decided.path("decision").path("payload").path("decision").asString()).isEqualTo("approve");
            assertThat(site.events(id)).contains("IF.sip ringing", "IF.call first_audio");
        }
    }

    /** Presses 1 every second and a half until it has been understood: the phone drops keys that it is given before its sound runs. */
    private static void pressUntil(Site site, Linphone phone, String id, String state) throws Exception {
        for (int i = 0; i < 10; i++) {
            phone.press('1');
            if (Await.within(Duration.ofMillis(1_500), () -> Site.states(site.escalation(id)).contains(state))) return;
        }
        throw new AssertionError(id + " did not come to " + state + ": " + site.escalation(id) + phone.output());
    }
}
