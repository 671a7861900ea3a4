package org.infrafabric.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of an escalation's recordings, as {@link Recording} named it.
 *
 * @param party what can be read of the party's name, or {@link #MIX}
 * @param take from 1: what was recorded in one life of the bus
 * @param part from 1: a take of more than twelve hours goes on in another file
 */
public record RecordedFile(Path file, String party, int take, int part) {
    /** The party of the file in which everybody is heard. */
    public static final String MIX = "mix";

    private static final Pattern NAME = Pattern
            .compile("(?:mix|\\d{1,9}-(?<party>[^_]*))(?:_take(?<take>\\d{1,4}))?(?:_part(?<part>\\d{1,4}))?\\.wav"); // no readable name has an underscore

    /** Those in {@code folder}, in the order of takes and parts, the mix before its tracks; none where there is no such folder. What is named otherwise is left out. */
    public static List<RecordedFile> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        return files.stream().flatMap(file -> named(file).stream())
                .sorted(Comparator.comparingInt(RecordedFile::take).thenComparingInt(RecordedFile::part).thenComparing(name -> !name.mix())
                        .thenComparing(RecordedFile::file))
                .toList();
    }

    private static Optional<RecordedFile> named(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) return Optional.empty();
        return Optional.of(new RecordedFile(file, name.group("party") == null ? MIX : name.group("party"), number(name.group("take")),
                number(name.group("part"))));
    }

    private static int number(@Nullable String digits) { return digits == null ? 1 : Integer.parseInt(digits); }

    /** Whether everybody is heard in it: a track's name begins with its party's number. */
    public boolean mix() {
        return String.valueOf(file.getFileName()).startsWith(MIX);
    }

    /** How long after the beginning of its take it begins. */
    public Duration after() { return Recording.PART.multipliedBy(part - 1L); }
}
