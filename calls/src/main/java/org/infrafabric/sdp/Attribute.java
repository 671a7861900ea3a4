package org.infrafabric.sdp;

/**
 * One {@code a=} line.
 *
 * @param name before the colon
 * @param value after it; empty for a property attribute such as {@code sendonly}
 */
public record Attribute(String name, String value) {
    public static Attribute flag(String name) {
        return new Attribute(name, "");
    }

    @Override
    public String toString() { return value.isEmpty() ? name : name + ":" + value; }
}
