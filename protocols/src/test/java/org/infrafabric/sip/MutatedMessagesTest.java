package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.infrafabric.testkit.Mutations;

/** Messages with bytes flipped, cut, doubled and swapped: whatever comes, the core neither breaks nor keeps anything. */
class MutatedMessagesTest {
    private static final List<String> SEEDS = List.of(Bench.text("INVITE", "m", "c", "", 1, "Record-Route: <sip:p@127.0.0.1;lr>\n", Bench.OFFER),
            Bench.text("BYE", "m", "c", "t", 2, "Authorization: Digest username=\"a\", response=\"b\"\n", ""),
            Bench.text("OPTIONS", "m", "c", "", 1, "", ""),
            Bench.text("CANCEL", "m", "c", "", 1, "", ""), "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKq\nFrom: <sip:a@b>;tag=1\n"
                    + "To: \"B\" <sip:b@[::1]:5060;lr?x=y>;tag=2\nCall-ID: c\nCSeq: 1 INVITE\nContact: <sip:b@[::1]>\nl: 0\n\n");

    @Property(seed = "1", tries = 400)
    void shouldSurviveAndForgetEveryMutation(@ForAll long seed) {
        Random random = new Random(seed);
        Bench bench = new Bench();
        for (int i = 0; i < 25; i++) {
            byte[] message = Mutations.mutate(SEEDS.get(random.nextInt(SEEDS.size())).replace("\n", "\r\n").getBytes(ISO_8859_1), random);
            int before = bench.sent.size();
            bench.core.onMessage(message, Bench.PEER);
            assertThat(bench.sent.size() - before).isLessThanOrEqualTo(2);
        }
        bench.incoming.forEach(call -> call.refuse(org.infrafabric.call.CallFailure.BUSY));
        bench.advance(100_000);
        assertThat(bench.core.transactions().open()).isZero();
        assertThat(bench.core.calls()).isZero();
    }
}
