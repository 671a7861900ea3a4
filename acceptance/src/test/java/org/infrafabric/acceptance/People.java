package org.infrafabric.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import tools.jackson.databind.JsonNode;

/** People for a site: phones that answer (sipp's), and guardians who vote by hazard as soon as their council meets. */
final class People implements AutoCloseable {
    private final Site site;
    private final List<Sipp> phones = new ArrayList<>();
    private final Map<String, String> ballots = new ConcurrentHashMap<>();
    private Thread voting = Thread.ofVirtual().unstarted(this::vote);

    People(Site site) { this.site = site; }

    /** An expert for one hazard who answers and listens; then both guardians cast this ballot, a JSON object. */
    People decide(String hazard, String ballot) throws Exception {
        ballots.put(hazard, ballot);
        return expert(hazard, "answer", SippScenario.invited().ring().answer().awaitBye());
    }

    /** An expert for one hazard whose phone does this. */
    People expert(String hazard, String accept, SippScenario scenario) throws Exception {
        Sipp phone = Sipp.callee(folder(hazard), scenario, 50);
        phones.add(phone);
        site.expert(phone.uri(hazard), hazard, accept, "PT60S");
        return this;
    }

    /** Two guardians come to the phone, and the bus starts. */
    void start() throws Exception {
        for (String guardian : List.of("sage", "skeptic")) {
            Sipp phone = Sipp.callee(folder(guardian), SippScenario.invited().ring().answer().awaitBye(), 100);
            phones.add(phone);
            site.guardian(guardian, phone.uri(guardian), "answer");
        }
        site.start();
        voting.start();
    }

    private Path folder(String name) { return site.folder.resolve("phone-" + name); }

    /** The guardians hear of each council by the log's own stream. */
    private void vote() {
        try {
            for (JsonNode entry : (Iterable<JsonNode>) site.stream("op")::iterator) {
                if (!entry.path("component").asString("").equals("IF.escalate") || !entry.path("event").asString("").equals("in_council")) continue;
                String id = entry.at("/payload/escalation").asString(), ballot = ballots.get(site.escalation(id).at("/hazards/0").asString(""));
                if (ballot == null) continue;
                for (String guardian : List.of("sage", "skeptic")) site.post(guardian, "/v1/escalations/" + id + "/votes", ballot);
            }
        } catch (IOException | UncheckedIOException | InterruptedException over) {
            // the bus is gone, or the test is over: whoever waits for a vote will say so
        }
    }

    @Override
    public void close() throws InterruptedException {
        voting.interrupt();
        site.close(); // ends the stream
        for (Sipp phone : phones) phone.close();
    }
}
