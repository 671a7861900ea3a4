package org.infrafabric.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.jspecify.annotations.Nullable;

/** A4 pages on which text runs from top to bottom, in the fonts that every PDF reader has. What these cannot show is escaped as JSON escapes it. */
final class Paper implements AutoCloseable {
    private static final float MARGIN = 42;
    private static final float LEADING = 1.35f;

    private final PDDocument document = new PDDocument();
    private final PDFont plain = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
    private final PDFont bold = new PDType1Font(Standard14Fonts.FontName.HELVETICA_BOLD);
    private final PDFont fixed = new PDType1Font(Standard14Fonts.FontName.COURIER);
    private final float width = PDRectangle.A4.getWidth() - 2 * MARGIN;
    private @Nullable PDPageContentStream page;
    private float y;

    Paper(String title) { document.getDocumentInformation().setTitle(title); }

    void heading(String text, float size) throws IOException {
        space(size * 0.8f);
        lines(wrapped(text, bold, size, width), bold, size, 0);
        space(size * 0.3f);
    }

    void paragraph(String text) throws IOException { lines(wrapped(text, plain, 9, width), plain, 9, 0); }

    /** Lines that have to be read letter for letter; type is made smaller until the longest fits. */
    void verbatim(List<String> texts) throws IOException {
        float size = 8;
        for (String text : texts) size = Math.min(size, width / Math.max(1, widthOf(shown(text, fixed), fixed, 1)));
        for (String text : texts) lines(List.of(shown(text, fixed)), fixed, size, 0);
    }

    /** A row of a table; {@code cells} begin at {@code columns}, fractions of the width, and wrap in their own column. */
    void row(List<String> cells, List<Float> columns, boolean head) throws IOException {
        PDFont font = head ? bold : plain;
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < cells.size(); i++) {
            float to = i + 1 < columns.size() ? columns.get(i + 1) : 1;
            wrapped.add(wrapped(cells.get(i), font, 7.5f, (to - columns.get(i)) * width - 5));
            height = Math.max(height, wrapped.get(i).size());
        }
        for (int line = 0; line < height; line++) { // a row may run over to the next page
            PDPageContentStream on = room(7.5f * LEADING);
            for (int i = 0; i < cells.size(); i++)
                if (line < wrapped.get(i).size()) write(on, wrapped.get(i).get(line), font, 7.5f, MARGIN + columns.get(i) * width);
        }
        space(2);
    }

    void space(float points) { y -= points; }

    void save(OutputStream out) throws IOException {
        if (page != null) page.close();
        page = null;
        int count = document.getNumberOfPages();
        for (int i = 0; i < count; i++) {
            try (PDPageContentStream foot = new PDPageContentStream(document, document.getPage(i), PDPageContentStream.AppendMode.APPEND, true)) {
                y = MARGIN / 2;
                write(foot, "page " + (i + 1) + " of " + count, plain, 7, MARGIN);
            }
        }
        document.save(out);
    }

    @Override
    public void close() throws IOException { document.close(); }

    private void lines(List<String> texts, PDFont font, float size, float indent) throws IOException {
        for (String text : texts) write(room(size * LEADING), text, font, size, MARGIN + indent);
    }

    private PDPageContentStream room(float height) throws IOException {
        PDPageContentStream on = page;
        if (on == null || y - height < MARGIN) {
            if (on != null) on.close();
            PDPage next = new PDPage(PDRectangle.A4);
            document.addPage(next);
            on = new PDPageContentStream(document, next);
            page = on;
            y = PDRectangle.A4.getHeight() - MARGIN;
        }
        y -= height;
        return on;
    }

    private void write(PDPageContentStream on, String text, PDFont font, float size, float x) throws IOException {
        on.beginText();
        on.setFont(font, size);
        on.newLineAtOffset(x, y);
        on.showText(text);
        on.endText();
    }

    /** Breaks at spaces, and where there is none anywhere. */
    private static List<String> wrapped(String text, PDFont font, float size, float width) throws IOException {
        List<String> lines = new ArrayList<>();
        String rest = shown(text, font);
        while (!rest.isEmpty()) {
            int fits = 1;
            float used = widthOf(rest.substring(0, 1), font, size);
            while (fits < rest.length() && (used += widthOf(rest.substring(fits, fits + 1), font, size)) <= width) fits++;
            int cut = fits == rest.length() ? fits : rest.lastIndexOf(' ', fits);
            if (cut <= fits / 2) cut = fits;
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut).stripLeading();
        }
        return lines.isEmpty() ? List.of("") : lines;
    }

    private static float widthOf(String text, PDFont font, float size) throws IOException { return font.getStringWidth(text) / 1_000 * size; }

    private static String shown(String text, PDFont font) {
        StringBuilder shown = new StringBuilder();
        for (char c : text.toCharArray()) shown.append(isShown(c, font) ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        return shown.toString();
    }

    private static boolean isShown(char c, PDFont font) {
        try {
            return !Character.isISOControl(c) && font.encode(String.valueOf(c)).length > 0;
        } catch (IOException | IllegalArgumentException none) {
            return false;
        }
    }
}
