package org.infrafabric.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
    @Test
    void shouldWriteExactlyThreeDecimals() {
        assertThat(Rfc3339.format(Instant.parse("2026-11-21T12:00:00Z"))).isEqualTo("2026-11-21T12:00:00.000Z");
        assertThat(Rfc3339.format(Instant.parse("2026-11-21T12:00:00.0019999Z"))).isEqualTo("2026-11-21T12:00:00.001Z");
        assertThat(Rfc3339.format(Instant.parse("1969-12-31T23:59:59.999Z"))).isEqualTo("1969-12-31T23:59:59.999Z");
        assertThat(Rfc3339.formatSeconds(Instant.parse("2026-11-21T12:00:00.999Z"))).isEqualTo("2026-11-21T12:00:00Z");
        assertThatThrownBy(() -> Rfc3339.format(Instant.MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rfc3339.format(Instant.MIN)).isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 3339 §5.8 and the corners of §5.6. */
    @ParameterizedTest
    @CsvSource({"1985-04-12T23:20:50.52Z,1985-04-12T23:20:50.520Z", "1996-12-19T16:39:57-08:00,1996-12-20T00:39:57.000Z",
        "1990-12-31T23:59:60Z,1991-01-01T00:00:00.000Z", "1990-12-31T15:59:60-08:00,1991-01-01T00:00:00.000Z",
        "1937-01-01T12:00:27.87+00:20,1937-01-01T11:40:27.870Z", "2026-11-21t12:00:00z,2026-11-21T12:00:00.000Z",
        "2026-11-21T12:00:00-00:00,2026-11-21T12:00:00.000Z", "2024-02-29T00:00:00.123456789012Z,2024-02-29T00:00:00.123Z"})
    void shouldReadWhatTheRfcPermits(String text, String utc) { assertThat(Rfc3339.format(Rfc3339.parse(text))).isEqualTo(utc); }

    @ParameterizedTest
    @ValueSource(strings = {"", "now", "2026-11-21", "2026-11-21T12:00:00", "2026-11-21 12:00:00Z", "2026-11-21T12:00Z", "2026-11-21T24:00:00Z",
        "2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-21T12:60:00Z", "2026-11-21T12:00:60Z", "2026-11-21T12:00:00.Z",
        "2026-11-21T12:00:00,5Z", "2026-11-21T12:00:00+1:00", "2026-11-21T12:00:00+0100", "2026-11-21T12:00:00+24:00", "2026-11-21T12:00:00+01:60",
        "+2026-11-21T12:00:00Z", "12026-11-21T12:00:00Z", "2026-11-21T12:00:00Z\n", "٢026-11-21T12:00:00Z", "0000-01-01T00:00:00+01:00",
        "9999-12-31T23:59:60Z"})
    void shouldRefuseEverythingElse(String text) {
        assertThatThrownBy(() -> Rfc3339.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("RFC 3339");
    }

    @Property(seed = "1")
    void shouldReadBackWhatItWrites(@ForAll @LongRange(min = -62_167_219_200_000L, max = 253_402_300_799_999L) long millis) {
        Instant time = Instant.ofEpochMilli(millis);
        assertThat(Rfc3339.format(time)).hasSize(24);
        assertThat(Rfc3339.parse(Rfc3339.format(time))).isEqualTo(time);
    }
}
