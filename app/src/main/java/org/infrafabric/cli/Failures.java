package org.infrafabric.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.infrafabric.client.IfbusException;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.store.DataDirectoryInUse;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.witness.BrokenLog;

/** Turns what went wrong into a sentence for the person at the terminal and an exit code for the script. */
final class Failures {
    private Failures() {}

    /** Prints the sentence; gives the exit code. What nobody foresaw is printed whole: it is a defect, and we want the report. */
    static int tell(Exception failure) {
        int code = exitCode(failure);
        if (code < 0) {
            Output.ERR.println("ifbus: this should not have happened; please report it with the lines below.");
            failure.printStackTrace(Output.ERR);
            return ExitCode.FAILED;
        }
        Output.ERR.println("ifbus: " + sentence(failure));
        return code;
    }

    /** What went wrong and what to do, in the words of somebody at a terminal. */
    static String sentence(Exception failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return switch (failure) {
            case MessageRefused refused -> refused.field().isEmpty() ? message : refused.field() + " " + message;
            case NoSuchFileException missing -> "there is no file " + message;
            case AccessDeniedException denied ->
                "this user may not open " + message + "; run it as the user who runs the bus, or choose another place";
            case FileAlreadyExistsException there -> message + " is there already and was left as it is; choose another name";
            case IfbusException.Refused refused when refused.code().equals("token") -> "the bus does not know this token; give one of its own with"
                    + " --token or IFBUS_TOKEN (its config names them, or its data directory holds them as agent-….token)";
            default -> message;
        };
    }

    static int exitCode(Exception failure) {
        return switch (failure) {
            case IfbusException.Refused refused when refused.status() == 401 || refused.status() == 403 -> ExitCode.REFUSED;
            case IfbusException.Refused refused when refused.status() == 400 || refused.status() == 409 || refused.status() == 413 -> ExitCode.USAGE;
            case IfbusException.Refused refused -> ExitCode.FAILED;
            case IfbusException.Unreachable unreachable -> ExitCode.NO_SERVER;
            case IfbusException.TimedOut late -> ExitCode.NOBODY;
            case IfbusException.Unproven unproven -> ExitCode.REFUSED;
            case MessageRefused refused -> ExitCode.USAGE;
            case InvalidFile invalid -> ExitCode.USAGE;
            case IllegalArgumentException wrong -> ExitCode.USAGE;
            case NoSuchFileException missing -> ExitCode.USAGE;
            case FileAlreadyExistsException there -> ExitCode.USAGE;
            case BrokenLog broken -> ExitCode.LOG_BROKEN;
            case DataDirectoryInUse held -> ExitCode.FAILED;
            case StoreFailure store when store.damaged() -> ExitCode.LOG_BROKEN;
            case StoreFailure store -> ExitCode.FAILED;
            case BusOption.Refused refused -> refused.exitCode();
            case BusOption.NoBus nobody -> ExitCode.NO_SERVER;
            case IOException io -> ExitCode.FAILED;
            default -> -1;
        };
    }
}
