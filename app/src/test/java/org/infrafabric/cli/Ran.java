package org.infrafabric.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command that was run in a process and a working directory of its own. */
record Ran(int exit, String out, String err) {
    static Ran in(Path folder, String... arguments) throws Exception {
        Path out = Files.createTempFile(folder, "out", ""), err = Files.createTempFile(folder, "err", "");
        int exit = command(arguments).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
        return new Ran(exit, Files.readString(out), Files.readString(err));
    }

    /** The same, not started yet. */
    static ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Ifbus.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    List<String> lines() { return out.lines().toList(); }

    String lastLine() { return lines().getLast(); }
}
