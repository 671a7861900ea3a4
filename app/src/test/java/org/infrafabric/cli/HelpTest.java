package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Every command there is, as somebody reads of it who has never seen it. */
class HelpTest {
    private static final int TERMINAL = 100;

    @Test
    void shouldSayWhatEachCommandOptionAndArgumentIsFor() {
        List<CommandSpec> commands = all(Ifbus.commandLine());
        assertThat(commands).hasSizeGreaterThan(40);
        SoftAssertions all = new SoftAssertions();
        for (CommandSpec command : commands) {
            String name = command.qualifiedName();
            all.assertThat(command.usageMessage().description()).as(name).isNotEmpty();
            all.assertThat(String.join(" ", command.usageMessage().description())).as(name).endsWith(".");
            for (OptionSpec option : command.options())
                all.assertThat(String.join(" ", option.description())).as(name + " " + option.longestName()).isNotBlank();
            for (PositionalParamSpec parameter : command.positionalParameters()) {
                all.assertThat(parameter.paramLabel()).as(name).matches("[A-Z][A-Z_]*(\\.json)?|all");
                all.assertThat(String.join(" ", parameter.description())).as(name + " " + parameter.paramLabel()).isNotBlank();
            }
            all.assertThat(command.optionsMap()).as(name).containsKey("--help");
            boolean tells = command.subcommands().isEmpty() && !name.equals("ifbus mcp"); // whose stdout carries its protocol
            if (tells) all.assertThat(command.optionsMap()).as(name).containsKey("--json");
            String help = new CommandLine(command).getUsageMessage();
            all.assertThat(help.lines().mapToInt(String::length).max().orElse(0)).as(name + "'s widest line\n" + help).isLessThanOrEqualTo(TERMINAL);
        }
        all.assertAll();
    }

    @Test
    void shouldSaySameOptionsInTheSameWords() {
        for (String option : List.of("--server", "--json", "--data-dir", "--config")) {
            List<String> said = all(Ifbus.commandLine()).stream().filter(command -> command.optionsMap().containsKey(option))
                    .map(command -> command.optionsMap().get(option).paramLabel()).distinct().toList();
            assertThat(said).as(option).hasSizeLessThanOrEqualTo(1);
        }
    }

    private static List<CommandSpec> all(CommandLine root) {
        List<CommandSpec> all = new ArrayList<>();
        if (root.getCommandSpec().usageMessage().hidden()) return all;
        all.add(root.getCommandSpec());
        root.getSubcommands().values().stream().distinct().forEach(command -> all.addAll(all(command)));
        return all;
    }
}
