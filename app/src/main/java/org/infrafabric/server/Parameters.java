package org.infrafabric.server;

import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads path and query parameters; a malformed or out-of-range one is a {@link Problem} 400. */
final class Parameters {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~:-]{1,119}"); // CONTRACT §3
    private static final Pattern TRACE = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern BLOB = Pattern.compile("b[0-9a-f]{24}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private Parameters() {}

    static String escalationId(Context ctx) {
        String id = ctx.pathParam("id");
        if (!ID.matcher(id).matches()) throw bad("id", "An escalation's id has 1 to 119 of the characters A-Z a-z 0-9 . _ ~ : -");
        return id;
    }

    static Optional<String> trace(Context ctx) {
        Optional<String> trace = once(ctx, "trace");
        if (trace.isPresent() && !TRACE.matcher(trace.get()).matches()) throw bad("trace", "A trace id is 32 lower-case hex digits.");
        return trace;
    }

    static long number(Context ctx, String name, long least, long most, long otherwise) {
        return once(ctx, name).map(text -> number(name, text, least, most)).orElse(otherwise);
    }

    static String blob(Context ctx) {
        String id = ctx.pathParam("id");
        if (!BLOB.matcher(id).matches()) throw bad("id", "A blob's id is b and 24 hex digits, as its entry says.");
        return id;
    }

    static String text(Context ctx, String name, int most, String otherwise) {
        String text = once(ctx, name).orElse(otherwise);
        if (text.length() > most || text.chars().anyMatch(Character::isISOControl)) throw bad(name, "At most " + most + " characters on one line.");
        return text;
    }

    /** One that must be there. */
    static long number(Context ctx, String name, long least, long most) {
        return number(name, once(ctx, name).orElseThrow(() -> bad(name, "It is missing.")), least, most);
    }

    static boolean flag(Context ctx, String name) {
        String text = once(ctx, name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) throw bad(name, "true or false.");
        return text.equals("true");
    }

    /** One of a few words. */
    static String choice(Context ctx, String name, List<String> words, String otherwise) {
        String word = once(ctx, name).orElse(otherwise);
        if (!words.contains(word)) throw bad(name, "One of " + String.join(", ", words) + ".");
        return word;
    }

    /** The seq after which an event stream resumes, if the client names one. */
    static Optional<Long> lastEventId(Context ctx) {
        return Optional.ofNullable(ctx.header("Last-Event-ID")).map(text -> number("Last-Event-ID", text.strip(), 0, Long.MAX_VALUE - 1));
    }

    private static long number(String name, String text, long least, long most) {
        long value = NUMBER.matcher(text).matches() ? Long.parseLong(text) : -1;
        if (value < least || value > most)
            throw bad(name, "A whole number" + (most > 1L << 53 ? " from " + least : " from " + least + " to " + most) + ".");
        return value;
    }

    private static Optional<String> once(Context ctx, String name) {
        List<String> values = ctx.queryParams(name);
        if (values.size() > 1) throw bad(name, "Given more than once.");
        return values.stream().findFirst();
    }

    private static Problem bad(String name, String detail) { return new Problem(Problem.Code.PARAMETER, name, detail); }
}
