package org.infrafabric.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infrafabric.media.Pcm;
import org.infrafabric.speech.Voice;

/** What the people of a demo say and how they vote, once they hear that voting is open: two by key, one over HTTP with a condition. */
final class DemoCouncil {
    private static final Map<String, String> LINES = Map.of(
            DemoHouse.EXPERT, "The conflict is real, but it can be disclosed.",
            "sage", "If counsel signs, I approve.",
            "skeptic", "I reject. Let us wait.",
            "ethicist", "Approve, once counsel has signed.");

    private final DemoHouse house;
    private final Map<String, CompletableFuture<Pcm>> lines = new HashMap<>();

    DemoCouncil(DemoHouse house, Voice voice) {
        this.house = house;
        LINES.forEach((who, line) -> lines.put(who, voice.speak(line)));
    }

    /** They vote while they talk: the last vote starts the five seconds after which voting closes. Takes some seconds, on a thread of its own. */
    void meet(String escalation) {
        try {
            say(DemoHouse.EXPERT);
            TimeUnit.MILLISECONDS.sleep(1_000);
            house.phone("sage").press('1');
            TimeUnit.MILLISECONDS.sleep(1_000);
            house.phone("skeptic").press('2');
            TimeUnit.MILLISECONDS.sleep(400);
            say("sage");
            TimeUnit.MILLISECONDS.sleep(600);
            approveOverHttp(escalation);
            TimeUnit.MILLISECONDS.sleep(1_100);
            say("skeptic");
            TimeUnit.MILLISECONDS.sleep(1_500);
            say("ethicist");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException broken) {
            Output.progress("             the ethicist's vote did not arrive: " + broken.getMessage());
        }
    }

    private void say(String who) {
        CompletableFuture<Pcm> line = lines.getOrDefault(who, CompletableFuture.failedFuture(new IOException("no line for " + who)));
        Pcm sound = line.orTimeout(5, TimeUnit.SECONDS).exceptionally(mute -> new Pcm(new short[0], 8_000)).join();
        if (sound.samples().length > 0) house.phone(who).say(sound);
    }

    private void approveOverHttp(String escalation) throws IOException, InterruptedException {
        String body = "{\"vote\":\"approve\",\"conditions\":[\"publish after counsel signs\"],\"reason\":\"disclosure is enough\"}";
        HttpRequest request = HttpRequest.newBuilder(house.http().resolve("/v1/escalations/" + escalation + "/votes")).timeout(Duration.ofSeconds(5))
                .header("Authorization", "Bearer " + house.guardianToken("ethicist")).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) throw new IOException(response.statusCode() + " " + response.body());
        }
    }
}
