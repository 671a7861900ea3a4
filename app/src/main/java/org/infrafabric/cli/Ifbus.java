package org.infrafabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code ifbus} command (CONTRACT §1). Results go to stdout, everything else to stderr. */
@Command(name = "ifbus", mixinStandardHelpOptions = true, versionProvider = Ifbus.Version.class,
        description = "A real-time communications bus between AI agents and people.",
        subcommands = {DemoCommand.class, ServeCommand.class, EscalateCommand.class, WitnessCommand.class, RosterCommands.ExpertCommand.class,
            RosterCommands.GuardianCommand.class,
            RosterCommands.AgentCommand.class, KeyCommand.class, GuardCommand.class, RehearseCommand.class},
        footer = {"", "Measuring: ifbus bench --help", "First steps: ifbus demo"})
public final class Ifbus implements Runnable {
    @Spec private CommandSpec spec;

    public static void main(String[] arguments) { System.exit(run(arguments)); }

    /** Runs one command; gives its exit code (CONTRACT §1). */
    static int run(String... arguments) {
        CommandLine command = new CommandLine(new Ifbus()).setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((failure, line, parsed) -> Failures.tell(failure));
        return command.execute(arguments);
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
