package org.infrafabric.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code ifbus} command (CONTRACT §1). Results go to stdout, everything else to stderr. */
@Command(name = "ifbus", mixinStandardHelpOptions = true, versionProvider = Ifbus.Version.class,
        description = "A real-time communications bus between AI agents and people.",
        footer = {"", "Measuring: ifbus bench --help", "First steps: ifbus demo"})
public final class Ifbus implements Runnable {
    /** Every command, in the order of the help. */
    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("demo", DemoCommand.class);
        COMMANDS.put("serve", ServeCommand.class);
        COMMANDS.put("escalate", EscalateCommand.class);
        COMMANDS.put("call", CallCommand.class);
        COMMANDS.put("conference", ConferenceCommand.class);
        COMMANDS.put("feedback", FeedbackCommand.class);
        COMMANDS.put("report", ReportCommand.class);
        COMMANDS.put("witness", WitnessCommand.class);
        COMMANDS.put("expert", RosterCommands.ExpertCommand.class);
        COMMANDS.put("guardian", RosterCommands.GuardianCommand.class);
        COMMANDS.put("agent", RosterCommands.AgentCommand.class);
        COMMANDS.put("key", KeyCommand.class);
        COMMANDS.put("guard", GuardCommand.class);
        COMMANDS.put("mcp", McpCommand.class);
        COMMANDS.put("sim", SimCommand.class);
        COMMANDS.put("rehearse", RehearseCommand.class);
    }

    @Spec private CommandSpec spec;

    public static void main(String[] arguments) { System.exit(run(arguments)); }

    /** Runs one command; gives its exit code (CONTRACT §1). */
    static int run(String... arguments) {
        Class<?> named = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        CommandLine command = named == null ? commandLine()
                : new CommandLine(new Ifbus()).addSubcommand(arguments[0], named); // reading the options of all others costs a start more than a tenth of a second
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((failure, line, parsed) -> Failures.tell(failure));
        return command.execute(arguments);
    }

    /** With every command there is. */
    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new Ifbus());
        COMMANDS.forEach(command::addSubcommand);
        return command;
    }

    @Override
    public void run() { throw new ParameterException(spec.commandLine(), "Say what to do: ifbus COMMAND. The quickest look is 'ifbus demo'."); }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Ifbus.class.getPackage().getImplementationVersion();
            return new String[] {"ifbus " + (version == null ? "(unpackaged)" : version) + ", Java " + Runtime.version().feature()};
        }
    }
}
