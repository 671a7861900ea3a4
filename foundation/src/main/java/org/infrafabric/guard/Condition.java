package org.infrafabric.guard;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.validator.CelValidator;
import dev.cel.validator.CelValidatorFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A rule's condition: a CEL expression over {@code message} and {@code now}, type-checked when it is loaded, bounded when it runs. The bounds count steps, not
 * time, so that a judgement from the log comes out as it did; with {@link Facts} bounded too, each step takes bounded time.
 */
final class Condition {
    static final int MAX_CHARACTERS = 2_000;

    /** Sub-expressions evaluated in one run. A rule over 64 hazards takes a few hundred. */
    private static final int MAX_STEPS = 10_000;

    /** A match runs over a whole text with a program of up to {@value RegexBound#MOST_STATES} states, so it counts as many steps. */
    private static final int STEPS_A_MATCH = 500;

    private static final int MAX_ITERATIONS = 2_000;
    private static final int MAX_NESTING = 32;
    private static final int SHOWN_CHARACTERS = 60;

    /** What {@code message} has. {@code confidence} and {@code deadline} may be missing: ask {@code has(message.confidence)} first. */
    private static final Map<String, CelType> FIELDS = Map.ofEntries(Map.entry("id", SimpleType.STRING),
            Map.entry("performative", SimpleType.STRING), Map.entry("hazards", ListType.create(SimpleType.STRING)),
            Map.entry("severity", SimpleType.STRING), Map.entry("level", SimpleType.INT), Map.entry("source", SimpleType.STRING),
            Map.entry("destination", SimpleType.STRING), Map.entry("confidence", SimpleType.DOUBLE), Map.entry("summary", SimpleType.STRING),
            Map.entry("conversationId", SimpleType.STRING), Map.entry("evidence", SimpleType.INT), Map.entry("timestamp", SimpleType.TIMESTAMP),
            Map.entry("deadline", SimpleType.TIMESTAMP));

    /** CEL takes some tenths of a second to start; so it starts with the first policy, not with this class's neighbours. */
    private static final class Language {
        static final Cel CEL = CelFactory.standardCelBuilder().setOptions(options()).setTypeProvider(new MessageType())
                .addVar("message", MessageType.MESSAGE).addVar("now", SimpleType.TIMESTAMP).setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setResultType(SimpleType.BOOL).build();

        static final CelValidator VALIDATOR = CelValidatorFactory.standardCelValidatorBuilder(CEL, CEL)
                .addAstValidators(new RegexBound()).build();

        private static CelOptions options() {
            return CelOptions.current().maxExpressionCodePointSize(MAX_CHARACTERS).maxParseRecursionDepth(MAX_NESTING)
                    .comprehensionMaxIterations(MAX_ITERATIONS).maxRegexProgramSize(RegexBound.MOST_STATES)
                    // A rule compares texts and builds none; so none can grow.
                    .enableStringConcatenation(false).evaluateCanonicalTypesToNativeValues(true).build();
        }
    }

    private final CelRuntime.Program program;
    private final boolean readsSummary;

    private Condition(CelRuntime.Program program, boolean readsSummary) {
        this.program = program;
        this.readsSummary = readsSummary;
    }

    /** Throws {@link CelValidationException} with places and reasons when the text is no condition. */
    static Condition compile(String text) throws CelValidationException {
        CelAbstractSyntaxTree tree = Language.CEL.compile(text).getAst();
        Language.VALIDATOR.validate(tree).getAst();
        try {
            return new Condition(Language.CEL.createProgram(tree), readsSummary(tree));
        } catch (CelEvaluationException unplannable) {
            throw new IllegalStateException("CEL checked a rule and could not plan it: " + text, unplannable);
        }
    }

    /** Also where the whole message is handed on: it might be read there. */
    private static boolean readsSummary(CelAbstractSyntaxTree tree) {
        CelNavigableAst walk = CelNavigableAst.fromAst(tree);
        long fields = walk.getRoot().allNodes().filter(node -> node.getKind() == CelExpr.ExprKind.Kind.SELECT && ofMessage(node.expr().select()))
                .count();
        long messages = walk.getRoot().allNodes()
                .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT && node.expr().ident().name().equals("message")).count();
        boolean summary = walk.getRoot().allNodes().anyMatch(node -> node.getKind() == CelExpr.ExprKind.Kind.SELECT && ofMessage(node.expr().select())
                && node.expr().select().field().equals("summary"));
        return summary || messages > fields;
    }

    private static boolean ofMessage(CelExpr.CelSelect select) {
        return select.operand().getKind() == CelExpr.ExprKind.Kind.IDENT && select.operand().ident().name().equals("message");
    }

    boolean readsSummary() { return readsSummary; }

    static List<String> fieldNames() { return FIELDS.keySet().stream().sorted().toList(); }

    /**
     * One run of a condition.
     *
     * @param fires whether it is true; false when it failed
     * @param failure why there is no answer
     * @param seen what it looked at, with the values found, in order
     */
    record Run(boolean fires, Optional<String> failure, Map<String, String> seen) {}

    Run run(Facts facts) {
        Map<String, String> seen = new LinkedHashMap<>();
        int[] steps = {0};
        try {
            Object result = program.trace(Map.of("message", facts.message(), "now", facts.now()), (expression, value) -> {
                steps[0] += cost(expression);
                if (steps[0] > MAX_STEPS) throw new TooExpensive();
                note(expression, value, seen);
            });
            if (result instanceof Boolean fires) return new Run(fires, Optional.empty(), seen);
            return new Run(false, Optional.of("it gave no true or false"), seen);
        } catch (CelEvaluationException failed) {
            return new Run(false, Optional.of(reason(failed)), seen);
        }
    }

    private static int cost(CelExpr expression) {
        return expression.getKind() == CelExpr.ExprKind.Kind.CALL && expression.call().function().equals("matches") ? STEPS_A_MATCH : 1;
    }

    private static void note(CelExpr expression, Object value, Map<String, String> seen) {
        switch (expression.getKind()) {
            case SELECT -> {
                CelExpr operand = expression.select().operand();
                if (operand.getKind() != CelExpr.ExprKind.Kind.IDENT || !operand.ident().name().equals("message")) return;
                String field = "message." + expression.select().field();
                seen.put(expression.select().testOnly() ? "has(" + field + ")" : field, shown(value));
            }
            case IDENT -> {
                if (expression.ident().name().equals("now")) seen.put("now", shown(value));
            }
            default -> {
            }
        }
    }

    private static String shown(Object value) {
        String text = value instanceof String quoted ? '"' + quoted + '"' : String.valueOf(value);
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS - 1) + "…";
    }

    /** In words of our own: those of CEL repeat values, and what a message says must not come into the log's chain by way of an error. */
    private static String reason(CelEvaluationException failed) {
        if (failed.getCause() instanceof TooExpensive) return "it takes more than " + MAX_STEPS + " steps";
        return switch (failed.getErrorCode()) {
            case ATTRIBUTE_NOT_FOUND ->
                FIELDS.keySet().stream().filter(field -> String.valueOf(failed.getMessage()).contains("'" + field + "' is not present"))
                        .findFirst().map(field -> "key '" + field + "' is not in this message: ask has(…) first")
                        .orElse("it asks for a key that is not there");
            case DIVIDE_BY_ZERO -> "it divides by zero";
            case NUMERIC_OVERFLOW -> "a number becomes too large";
            case INDEX_OUT_OF_BOUNDS -> "it asks for more of a list than there is";
            case BAD_FORMAT -> "a text is not of the form that it is read as";
            case OVERLOAD_NOT_FOUND -> "a function does not take a value of that type";
            case ITERATION_BUDGET_EXCEEDED -> "it goes through more than " + MAX_ITERATIONS + " elements";
            case TYPE_NOT_FOUND, INVALID_ARGUMENT, INTERNAL_ERROR -> "a value is none that it can reckon with";
            default -> "it could not be reckoned";
        };
    }

    private static final class TooExpensive extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooExpensive() { super("too many steps", null, false, false); }
    }

    /** The type of {@code message}, so that a misspelt field is found when the policy is loaded. */
    private static final class MessageType implements CelTypeProvider {
        static final StructType MESSAGE = StructType.create("ifbus.Message", ImmutableSet.copyOf(FIELDS.keySet()),
                field -> Optional.ofNullable(FIELDS.get(field)));

        @Override
        public ImmutableCollection<CelType> types() { return ImmutableList.of(MESSAGE); }

        @Override
        public Optional<CelType> findType(String name) { return name.equals(MESSAGE.name()) ? Optional.of(MESSAGE) : Optional.empty(); }
    }
}
