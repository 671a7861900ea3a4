package org.infrafabric.guard;

import java.time.Duration;
import java.util.Set;

/**
 * An outside expert who may be called.
 *
 * @param uri SIP URI, or a pattern such as {@code sip:expert-*@external.advisor} for calls that come in
 * @param hazards what this expert may be asked about
 * @param ringTimeout how long the phone rings before it counts as no answer
 */
public record Expert(String uri, String name, Set<String> hazards, Accept accept, Duration ringTimeout) implements Party {}
