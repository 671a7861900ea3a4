package org.infrafabric.guard;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.bundle.Cel;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.validator.CelAstValidator;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * Regular expressions in conditions stand there as literals, and compile to small programs. One that came out of a message could be made to eat the memory:
 * RE2 matches in linear time, but unrolls {@code ((a{1000}){1000}){1000}} when it compiles.
 */
final class RegexBound implements CelAstValidator {
    static final int MOST_STATES = 200;

    private static final long MOST_REPETITIONS = 1_000;
    private static final java.util.regex.Pattern COUNTED = java.util.regex.Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?}");

    @Override
    public void validate(CelNavigableAst tree, Cel cel, IssuesFactory issues) {
        tree.getRoot().allNodes().filter(node -> node.getKind() == CelExpr.ExprKind.Kind.CALL).forEach(node -> check(node, issues));
    }

    private static void check(CelNavigableExpr node, IssuesFactory issues) {
        CelExpr.CelCall call = node.expr().call();
        if (!call.function().equals("matches") || call.args().isEmpty()) return;
        CelExpr regex = call.args().getLast();
        if (regex.getKind() != CelExpr.ExprKind.Kind.CONSTANT || regex.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            issues.addError(regex.id(), "the regular expression must stand here as a text in quotes");
            return;
        }
        fault(regex.constant().stringValue()).ifPresent(fault -> issues.addError(regex.id(), fault));
    }

    private static Optional<String> fault(String regex) {
        long repetitions = 1;
        Matcher counted = COUNTED.matcher(regex);
        while (counted.find() && repetitions <= MOST_REPETITIONS) {
            String most = counted.group(2) == null || counted.group(2).isEmpty() ? counted.group(1) : counted.group(2);
            repetitions *= Math.max(1, Long.parseLong(most));
        }
        if (repetitions > MOST_REPETITIONS) return Optional.of("the regular expression repeats too much");
        try {
            int states = Pattern.compile(regex).programSize();
            return states <= MOST_STATES ? Optional.empty()
                    : Optional.of("the regular expression has " + states + " states; at most " + MOST_STATES + " are allowed");
        } catch (PatternSyntaxException invalid) {
            return Optional.of("not a regular expression: " + invalid.getMessage());
        }
    }
}
