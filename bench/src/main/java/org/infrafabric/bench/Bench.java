package org.infrafabric.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code ifbus bench} command. */
@Command(name = "ifbus bench", mixinStandardHelpOptions = true, subcommands = {
    EscalationsBench.class, OverloadBench.class, ServeBench.class, SipParseBench.class, SipCallsBench.class, SipMutationsBench.class,
    WitnessBench.class,
    WitnessCrashesBench.class, ConferenceBench.class, IdleCallsBench.class, ConferenceRoom.class, ConferencePhones.class},
        description = "Measure ifbus on this machine, with real peers, on loopback only.")
public final class Bench implements Runnable {
    @Spec private CommandSpec spec;

    public static void main(String[] arguments) { System.exit(new CommandLine(new Bench()).execute(arguments)); }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "Say what to measure: ifbus bench escalations, sip-parse, sip-calls, sip-mutations, witness or witness-crashes");
    }
}
