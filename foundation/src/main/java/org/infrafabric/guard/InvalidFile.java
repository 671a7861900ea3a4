package org.infrafabric.guard;

import java.util.List;
import java.util.stream.Collectors;

/** A file that a person wrote cannot be used. Holds everything that was found wrong with it, so that one look mends it. */
public final class InvalidFile extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /** @param problems at least one, in the order of their lines */
    public InvalidFile(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public InvalidFile(Problem problem) { this(List.of(problem)); }

    public List<Problem> problems() { return problems; }
}
