package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.guard.Samples.BOTH;
import static org.infrafabric.guard.Samples.LEGAL;
import static org.infrafabric.guard.Samples.NOW;
import static org.infrafabric.guard.Samples.SAFETY;
import static org.infrafabric.guard.Samples.VISITOR;
import static org.infrafabric.guard.Samples.facts;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ExplanationTest {
    private final Guard guard = Samples.guard(Policy.builtIn(), SAFETY, LEGAL, BOTH, VISITOR);

    @Test
    void shouldShowEveryRuleWithItsInputsAndWhy() {
        Explanation explanation = guard.explain(facts("INFORM", 0.25, "bias"));

        assertThat(explanation.rules()).extracting(Explanation.Step::rule).containsExactly("escalations", "grave-hazards", "confidence-missing",
                "confidence-low",
                "second-source", "confident");
        assertThat(explanation.rules()).extracting(Explanation.Step::fires).containsExactly("no", "no", "no", "no", "yes", "no");
        assertThat(explanation.rules()).filteredOn(Explanation.Step::decides).singleElement().satisfies(step -> {
            assertThat(step.rule()).isEqualTo("second-source");
            assertThat(step.seen()).isEqualTo(Map.of("message.confidence", "0.25"));
            assertThat(step.line()).isPositive();
        });
        assertThat(explanation.text()).startsWith("hold by rule second-source: ")
                .contains("→ second-source (line ").contains("escalations (line 17, then people): does not fire: message.performative is \"INFORM\"");
    }

    @Test
    void shouldSayWhoRingsAndWhyOthersDoNot() {
        Explanation explanation = guard.explain(Samples.message("ESCALATE", "", "\"legal\""), NOW);

        assertThat(explanation.experts()).extracting(Explanation.Choice::rung).containsExactly(0, 1, 2, 0);
        assertThat(explanation.experts()).extracting(Explanation.Choice::why).containsExactly("may be asked about safety", "fits legal", "fits legal",
                "has a pattern for an address, so can only call in");
        assertThat(explanation.text()).contains("sip:legal@127.0.0.1:5081 rings in rung 1: fits legal");
    }

    @Test
    void shouldShowARuleThatFails() {
        Explanation explanation = guard("message.confidence < 0.2").explain(facts("INFORM", OptionalDouble.empty(), "bias"));

        assertThat(explanation.rules()).singleElement().satisfies(step -> {
            assertThat(step.fires()).isEqualTo("failed");
            assertThat(step.decides()).isTrue();
            assertThat(step.why()).contains("'confidence' is not in this message");
        });
        assertThat(explanation.text()).contains("fails, so the message is denied");
    }

    @Test
    void shouldBecomeJson() {
        String json = JsonMapper.shared().writeValueAsString(guard.explain(facts("ESCALATE", 0.5, "legal", "safety")).toMap());

        Map<?, ?> read = JsonMapper.shared().readValue(json, Map.class);
        assertThat(read.get("result")).isEqualTo("people");
        assertThat(read.get("rungs")).isEqualTo(List.of(List.of(LEGAL.uri()), List.of(BOTH.uri()), List.of(SAFETY.uri())));
        assertThat(read.get("rules")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(6);
    }

    private static Guard guard(String when) { return Samples.guard(when); }
}
