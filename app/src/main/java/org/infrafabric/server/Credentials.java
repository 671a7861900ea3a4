package org.infrafabric.server;

import java.util.Optional;

/** Finds whom a bearer token speaks for. Any thread; must take the same time whether or not part of the token is right. */
@FunctionalInterface
public interface Credentials {
    Optional<Principal> principal(String token);
}
