package org.infrafabric.message;

import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.core.io.NumberOutput;
import tools.jackson.databind.JsonNode;

/** Numbers as ECMAScript's {@code Number::toString} writes them (RFC 8785 §3.2.2.3, ECMA-262 §6.1.6.1.20). */
final class EcmaScriptNumber {
    private static final long EXACT = 1L << 53;                          // every integer up to here is a double
    private static final BigInteger LONGEST = BigDecimal.valueOf(Double.MAX_VALUE).toBigInteger();

    private EcmaScriptNumber() {}

    /** @throws IllegalArgumentException when no double is this number */
    static String text(JsonNode number) {
        switch (number.numberType()) {
            case INT, LONG -> {
                long value = number.longValue();
                if (value >= -EXACT && value <= EXACT) return Long.toString(value);
                if (!isExact(BigInteger.valueOf(value))) throw inexact();
                return text((double) value);
            }
            case BIG_INTEGER -> {
                BigInteger value = number.bigIntegerValue();
                if (!isExact(value)) throw inexact();
                return text(value.doubleValue());
            }
            default -> {
                return text(number.doubleValue());
            }
        }
    }

    /** Whether a double holds the integer exactly. */
    static boolean isExact(BigInteger value) {
        BigInteger size = value.abs();
        return size.compareTo(LONGEST) <= 0 && size.bitLength() - size.getLowestSetBit() <= 53;
    }

    /** @throws IllegalArgumentException for NaN and the infinities */
    static String text(double value) {
        if (!Double.isFinite(value)) throw new IllegalArgumentException("JSON has no " + value);
        if (value == 0) return "0";                                       // −0 too, ECMA-262 step 2
        if (Math.abs(value) < EXACT && value == (long) value) return Long.toString((long) value);
        return value < 0 ? "-" + positive(-value) : positive(value);
    }

    private static String positive(double value) {
        BigDecimal shortest = shortest(value);
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();                   // ECMA-262's n: the value is 0.digits × 10^point
        if (digits.length() <= point && point <= 21) return digits + "0".repeat(point - digits.length());
        if (0 < point && point <= 21) return digits.substring(0, point) + "." + digits.substring(point);
        if (-6 < point && point <= 0) return "0." + "0".repeat(-point) + digits;
        String exponent = (point > 0 ? "e+" : "e-") + Math.abs(point - 1);
        return digits.length() == 1 ? digits + exponent : digits.charAt(0) + "." + digits.substring(1) + exponent;
    }

    /**
     * The shortest decimal that is read back as this double, the nearest one of that length. Jackson's Schubfach writer finds it, except that it never goes
     * below two digits: there one digit is tried (5e-324 comes as 4.9E-324).
     */
    private static BigDecimal shortest(double value) {
        BigDecimal found = new BigDecimal(NumberOutput.toString(value, true)).stripTrailingZeros();
        if (found.precision() != 2) return found;
        BigDecimal down = found.round(new java.math.MathContext(1, java.math.RoundingMode.DOWN));
        BigDecimal up = found.round(new java.math.MathContext(1, java.math.RoundingMode.UP));
        boolean downReads = down.doubleValue() == value;
        boolean upReads = up.doubleValue() == value;
        if (downReads && upReads) {
            BigDecimal exact = new BigDecimal(value);
            return exact.subtract(down).compareTo(up.subtract(exact)) <= 0 ? down : up;
        }
        if (downReads) return down;
        return upReads ? up.stripTrailingZeros() : found;
    }

    private static IllegalArgumentException inexact() {
        return new IllegalArgumentException("an integer is too long for a double to hold exactly; send it as a string");
    }
}
