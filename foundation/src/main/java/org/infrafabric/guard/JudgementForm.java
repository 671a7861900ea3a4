package org.infrafabric.guard;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A judgement as the log entry {@code guard_decided} holds it: what was said, who is to be rung, how the council votes, and on what inputs. */
public final class JudgementForm {
    private JudgementForm() {}

    /** All fields of {@code guard_decided} but {@code escalation}. */
    public static ObjectNode of(Judgement judgement) {
        Ruling ruling = judgement.ruling();
        ObjectNode form = JsonNodeFactory.instance.objectNode().put("result", judgement.result()).put("rule", ruling.rule())
                .put("reason", ruling.reason())
                .put("policyHash", ruling.policyHash());
        form.set("inputs", inputs(ruling.inputs()));
        if (judgement instanceof Judgement.People people) {
            people.hazards().forEach(form.putArray("hazards")::add);
            ArrayNode rungs = form.putArray("rungs");
            for (List<Expert> rung : people.rungs()) {
                ArrayNode uris = rungs.addArray();
                rung.forEach(expert -> uris.add(expert.uri()));
            }
            form.set("council", council(people.council()));
        }
        return form;
    }

    static ObjectNode council(CouncilRules rules) {
        ObjectNode form = JsonNodeFactory.instance.objectNode().put("quorum", rules.quorum()).put("deadline", rules.deadline().toString())
                .put("gather", rules.gather().toString()).put("ring", rules.ringEarly() ? "early" : "accepted")
                .put("withoutExpert", rules.withoutExpert());
        rules.decide().ifPresent(approval -> form.set("decide", decide(approval)));
        return form;
    }

    static ObjectNode decide(Approval approval) {
        ObjectNode form = JsonNodeFactory.instance.objectNode().put("need", approval.need());
        approval.of().forEach(form.putArray("of")::add);
        return form;
    }

    private static ObjectNode inputs(Map<String, Object> inputs) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        inputs.forEach((name, value) -> {
            switch (value) {
                case String text -> form.put(name, text);
                case Integer number -> form.put(name, number);
                case Boolean flag -> form.put(name, flag);
                case List<?> texts -> {
                    ArrayNode array = form.putArray(name);
                    texts.forEach(text -> array.add(String.valueOf(text)));
                }
                default -> throw new IllegalArgumentException(name + " is " + value.getClass().getSimpleName());
            }
        });
        return form;
    }
}
