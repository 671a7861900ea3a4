package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.infrafabric.guard.Samples.SAFETY;
import static org.infrafabric.guard.Samples.SAGE;
import static org.infrafabric.guard.Samples.VISITOR;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RosterTest {
    private final Roster roster = Samples.roster(SAFETY, VISITOR);

    @Test
    void shouldKnowWhoCallsIn() {
        assertThat(roster.mayCallIn("sip:safety@127.0.0.1:5080")).contains(SAFETY);
        assertThat(roster.mayCallIn("SIP:safety@127.0.0.1:5080;transport=tcp?x=y")).contains(SAFETY);
        assertThat(roster.mayCallIn("sip:sage@127.0.0.1:5090")).contains(SAGE);
        assertThat(roster.mayCallIn("sip:expert-legal@external.advisor")).contains(VISITOR);
        assertThat(roster.mayCallIn("sip:expert-@EXTERNAL.advisor")).contains(VISITOR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sip:", "sip:@", "sip:safety", "sip:safety@127.0.0.1", "sip:Safety@127.0.0.1:5080", "sips:safety@127.0.0.1:5080",
        "sip:expert@external.advisor",
        "sip:expert-a@external.advisor.evil", "sip:expert-a@evil@external.advisor", "sip:expert-*@external.advisor",
        "sip:expert-a@evil;x=@external.advisor",
        "sip:expert-a%40external.advisor", "sip:expert-\u0430@external.advisor", "sip:expert-a\n@external.advisor", "<sip:expert-a@external.advisor>",
        "tel:1",
        "sip:expert-a@external.advisor:5070"})
    void shouldRefuseStrangers(String uri) {
        assertThat(roster.mayCallIn(uri)).isEmpty();
    }

    @Test
    void shouldRefuseEndlessUris() {
        assertThat(roster.mayCallIn("sip:expert-" + "a".repeat(1 << 20) + "@external.advisor")).isEmpty();
    }

    @Test
    void shouldNotMatchInLongTimeWhateverThePattern() {
        UriPattern pattern = UriPattern.parse("sip:" + "*a".repeat(100) + "*b@x.example");

        assertThat(pattern.matches("sip:" + "a".repeat(240) + "@x.example")).isFalse();
    }

    @Test
    void shouldRefuseWhoStandsTwice() {
        assertThatThrownBy(() -> Samples.roster(SAFETY, SAFETY)).hasMessageContaining("twice");
        assertThatThrownBy(() -> new Roster(List.of(), List.of(), List.of(SAGE, SAGE))).hasMessageContaining("sage stands twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sip:a@b:0", "sip:a@b:65536", "sip:a@b:99999", "sip:a@b:x", "sip:a@b..c", "sip:a@-b", "sip:a@b-.c", "sip:a@b.-c",
        "sip:a@999.0.0.1",
        "sip:a@10.1", "sip:a@1.2.3.4.5", "sip:a@[::g]", "sip:a@[1.2.3.4", "sip:a%zz@b", "sip:a%4@b", "sip:a b@c", "sip:a@b c", "sip:a@", "sip:a@b:"})
    void shouldRefuseBrokenAddressesWithASentence(String uri) {
        assertThatThrownBy(() -> UriPattern.parse(uri)).isInstanceOf(IllegalArgumentException.class).hasMessageMatching("[a-z*].{10,}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sip:a@b:1", "sip:a@b:65535", "sip:a%20b@c.example", "sip:+49301234@10.0.0.1:5060", "sip:a@[::1]:5060",
        "sips:a@x-1.y2.example", "sip:a@3com.example"})
    void shouldTakeWholeAddresses(String uri) {
        assertThat(UriPattern.parse(uri).isPattern()).isFalse();
    }

    @Test
    void shouldRefusePatternsOfHosts() {
        assertThatThrownBy(() -> UriPattern.parse("sip:expert-1@*.advisor")).hasMessageContaining("write the host out");
    }
}
