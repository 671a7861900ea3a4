package org.infrafabric.server;

/** A token of the config, which must not come into logs: it does not print itself. */
public record Secret(String value) {
    @Override
    public String toString() { return "Secret[hidden]"; }
}
