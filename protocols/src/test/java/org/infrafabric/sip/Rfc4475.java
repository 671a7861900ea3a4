package org.infrafabric.sip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.infrafabric.testkit.Checkout;

/**
 * The messages of RFC 4475, where they lie on this machine: in {@code shared/data/rfc4475} beside the checkout; and what a user agent that takes calls
 * and nothing else owes them. The INVITE of §3.1.1.1 carries a To tag of a dialog that we do not have, so it is read and then answered 481. TC_TEST_I
 * has neither a version nor a Via: there is no way back for an answer.
 */
final class Rfc4475 {
    /** Name → status of the first answer over UDP. */
    static final Map<String, Integer> OVER_UDP = new TreeMap<>(Map.ofEntries(Map.entry("TC_WSINV", 481), Map.entry("TC_INTMETH", 501),
            Map.entry("TC_ESC01_V", 180), Map.entry("TC_ESC02_V", 501), Map.entry("TC_ESCNULL_V", 405), Map.entry("TC_LWSDISP_V", 200),
            Map.entry("TC_LONGREQ_V", 180), Map.entry("TC_DBLREQ", 405), Map.entry("TC_SEMIURI_V", 200), Map.entry("TC_TRANSPORTS_V", 200),
            Map.entry("TC_MPART01", 405), Map.entry("TC_UNREASON_V", 0), Map.entry("TC_NOREASON_V", 0), Map.entry("TC_BADINV01_I", 400),
            Map.entry("TC_CLERR_I", 400), Map.entry("TC_NCL_I", 400), Map.entry("TC_SCALAR02_V", 400), Map.entry("TC_SCALARLG_V", 0),
            Map.entry("TC_QUOTBAL_I", 400), Map.entry("TC_LTGTRURI_I", 400), Map.entry("TC_LWSRURI_I", 400), Map.entry("TC_LWSSTART_V", 400),
            Map.entry("TC_TRWS_I", 400), Map.entry("TC_ESCRURI_V", 400), Map.entry("TC_BADDATE_V", 180), Map.entry("TC_REGBADCT_I", 405),
            Map.entry("TC_BADASPEC_I", 400), Map.entry("TC_BADDN_I", 400), Map.entry("TC_BADVERS_V", 505), Map.entry("TC_MISMATCH01_V", 400),
            Map.entry("TC_MISMATCH02_V", 400), Map.entry("TC_BIGCODE_V", 0), Map.entry("TC_BADBRANCH_V", 200), Map.entry("TC_INSUF_I", 400),
            Map.entry("TC_UNKSCM_V", 416), Map.entry("TC_NOVELSC_V", 416), Map.entry("TC_UNKSM2_V", 405), Map.entry("TC_BEXT01_V", 420),
            Map.entry("TC_INVUT_V", 415), Map.entry("TC_REGAUT01_V", 405), Map.entry("TC_MULTI01_I", 400), Map.entry("TC_MCL01_I", 400),
            Map.entry("TC_BCAST_V", 0), Map.entry("TC_ZEROMF_V", 200), Map.entry("TC_CPARAM01_V", 405), Map.entry("TC_CPARAM02_V", 405),
            Map.entry("TC_REGESCRT_V", 405), Map.entry("TC_SDP01_V", 406), Map.entry("TC_INV2543_I", 180), Map.entry("TC_TEST_I", 0)));

    /** Where a stream makes a difference: these two never end there, and this one says not how long its body is. */
    static final Map<String, Integer> OVER_TCP = Map.of("TC_CLERR_I", 0, "TC_BADDN_I", 0, "TC_INV2543_I", 400);

    private Rfc4475() {}

    static Optional<Path> folder() {
        for (Path at = Checkout.root(); at != null; at = at.getParent()) {
            Path folder = at.resolve("shared/data/rfc4475");
            if (Files.isDirectory(folder)) return Optional.of(folder);
        }
        return Optional.empty();
    }

    static byte[] message(Path folder, String name) throws IOException { return Files.readAllBytes(folder.resolve(name + ".dat")); }
}
