package org.infrafabric.guard;

/**
 * Something wrong in a file that a person wrote.
 *
 * @param file as the person named it
 * @param line from 1
 * @param where the key or rule, such as {@code experts[2].uri} or {@code rule "night"}; empty for the whole file
 * @param what what is wrong
 * @param remedy what to do, or what is allowed
 */
public record Problem(String file, int line, String where, String what, String remedy) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + (where.isEmpty() ? "" : where + ": ") + what + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
