package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.infrafabric.testkit.Checkout;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The messages of RFC 4475, where they lie on this machine: in {@code shared/data/rfc4475} beside the checkout. What is expected is what a user
 * agent that takes calls and nothing else owes: 0 for silence, 1 for a call that is put through, else the status of its answer. The INVITE of
 * §3.1.1.1 carries a To tag of a dialog that we do not have, so it is read and then answered 481.
 */
class TortureTest {
    private static final Map<String, Integer> EXPECTED = new TreeMap<>(Map.ofEntries(Map.entry("TC_WSINV", 481), Map.entry("TC_INTMETH", 501),
            Map.entry("TC_ESC01_V", 1),
            Map.entry("TC_ESC02_V", 501), Map.entry("TC_ESCNULL_V", 405), Map.entry("TC_LWSDISP_V", 200), Map.entry("TC_LONGREQ_V", 1),
            Map.entry("TC_DBLREQ", 405), Map.entry("TC_SEMIURI_V", 200), Map.entry("TC_TRANSPORTS_V", 200), Map.entry("TC_MPART01", 405),
            Map.entry("TC_UNREASON_V", 0), Map.entry("TC_NOREASON_V", 0), Map.entry("TC_BADINV01_I", 400), Map.entry("TC_CLERR_I", 400),
            Map.entry("TC_NCL_I", 400),
            Map.entry("TC_SCALAR02_V", 400), Map.entry("TC_SCALARLG_V", 0), Map.entry("TC_QUOTBAL_I", 400), Map.entry("TC_LTGTRURI_I", 400),
            Map.entry("TC_LWSRURI_I", 400), Map.entry("TC_LWSSTART_V", 400), Map.entry("TC_TRWS_I", 400), Map.entry("TC_ESCRURI_V", 400),
            Map.entry("TC_BADDATE_V", 1), Map.entry("TC_REGBADCT_I", 405), Map.entry("TC_BADASPEC_I", 400), Map.entry("TC_BADDN_I", 400),
            Map.entry("TC_BADVERS_V", 505), Map.entry("TC_MISMATCH01_V", 400), Map.entry("TC_MISMATCH02_V", 400), Map.entry("TC_BIGCODE_V", 0),
            Map.entry("TC_BADBRANCH_V", 200), Map.entry("TC_INSUF_I", 400), Map.entry("TC_UNKSCM_V", 416), Map.entry("TC_NOVELSC_V", 416),
            Map.entry("TC_UNKSM2_V", 405), Map.entry("TC_BEXT01_V", 420), Map.entry("TC_INVUT_V", 415), Map.entry("TC_REGAUT01_V", 405),
            Map.entry("TC_MULTI01_I", 400), Map.entry("TC_MCL01_I", 400), Map.entry("TC_BCAST_V", 0), Map.entry("TC_ZEROMF_V", 200),
            Map.entry("TC_CPARAM01_V", 405), Map.entry("TC_CPARAM02_V", 405), Map.entry("TC_REGESCRT_V", 405), Map.entry("TC_SDP01_V", 406),
            Map.entry("TC_INV2543_I", 1)));

    @TestFactory
    Stream<DynamicTest> shouldTreatEachMessageOfRfc4475AsAUserAgentOwes() {
        Optional<Path> folder = folder();
        assumeTrue(folder.isPresent(), "no shared/data/rfc4475 beside the checkout");
        return EXPECTED.entrySet().stream().map(each -> dynamicTest(each.getKey(), () -> {
            Bench bench = new Bench();
            bench.core.onMessage(Files.readAllBytes(folder.get().resolve(each.getKey() + ".dat")), Bench.PEER);
            int got = !bench.incoming.isEmpty() ? 1 : bench.sent.isEmpty() ? 0 : bench.last().status();
            assertThat(got).as(bench.sent.isEmpty() ? "" : bench.last().phrase()).isEqualTo(each.getValue());
        }));
    }

    private static Optional<Path> folder() {
        for (Path at = Checkout.root(); at != null; at = at.getParent()) {
            Path folder = at.resolve("shared/data/rfc4475");
            if (Files.isDirectory(folder)) return Optional.of(folder);
        }
        return Optional.empty();
    }
}
