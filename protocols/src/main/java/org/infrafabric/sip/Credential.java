package org.infrafabric.sip;

/**
 * How we prove who we are to a server that asks (RFC 3261 §22).
 *
 * @param realm as the server names it; {@code *} for any, which trusts every server we call with a hash of the password
 */
public record Credential(String realm, String user, String password) {
    boolean fits(String challenged) { return realm.equals("*") || DigestResponse.wire(realm).equals(challenged); }

    /** Without the password. */
    @Override
    public String toString() { return "Credential[" + user + " at " + realm + "]"; }
}
