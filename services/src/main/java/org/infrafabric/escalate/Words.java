package org.infrafabric.escalate;

import java.util.Locale;

/** Names of the code as the outside writes them. */
final class Words {
    private Words() {}

    static String of(Enum<?> name) { return name.name().toLowerCase(Locale.ROOT).replace('_', '-'); }
}
