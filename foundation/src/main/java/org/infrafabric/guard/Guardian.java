package org.infrafabric.guard;

/** A member of the council. */
public record Guardian(String id, String uri, Accept accept) implements Party {}
