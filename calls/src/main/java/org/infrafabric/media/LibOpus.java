package org.infrafabric.media;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The functions of libopus that we call (opus.h, opus_defines.h). Pointers are passed as their addresses, in which a call has nothing to check or to allocate;
 * who calls owns the memory behind them and holds it open.
 */
final class LibOpus {
    static final int BAD_ARGUMENT = -1;
    static final int SET_BITRATE = 4_002;
    static final int SET_MAX_BANDWIDTH = 4_004;
    static final int SET_VBR = 4_006;
    static final int SET_COMPLEXITY = 4_010;
    static final int SET_INBAND_FEC = 4_012;
    static final int SET_PACKET_LOSS_PERCENT = 4_014;
    static final int SET_SIGNAL = 4_024;
    static final int RESET_STATE = 4_028;
    static final int APPLICATION_VOIP = 2_048;
    static final int SIGNAL_VOICE = 3_001;
    static final int NARROWBAND = 1_101;
    static final int WIDEBAND = 1_103;

    /** File names under which a system's linker finds it; the number is the version of its interface. */
    private static final List<String> NAMES = List.of("libopus.so.0", "libopus.0.dylib");

    private static final Optional<LibOpus> FOUND = find(NAMES);

    private final MethodHandle encoderSize;
    private final MethodHandle encoderInit;
    private final MethodHandle encoderControl;
    private final MethodHandle encode;
    private final MethodHandle decoderSize;
    private final MethodHandle decoderInit;
    private final MethodHandle decoderControl;
    private final MethodHandle decode;

    private LibOpus(SymbolLookup library) {
        ValueLayout.OfInt anInt = ValueLayout.JAVA_INT;
        ValueLayout.OfLong pointer = ValueLayout.JAVA_LONG;
        encoderSize = function(library, "opus_encoder_get_size", FunctionDescriptor.of(anInt, anInt));
        encoderInit = function(library, "opus_encoder_init", FunctionDescriptor.of(anInt, pointer, anInt, anInt, anInt));
        FunctionDescriptor control = FunctionDescriptor.of(anInt, pointer, anInt, anInt);
        encoderControl = function(library, "opus_encoder_ctl", control, Linker.Option.firstVariadicArg(2));
        encode = function(library, "opus_encode", FunctionDescriptor.of(anInt, pointer, pointer, anInt, pointer, anInt));
        decoderSize = function(library, "opus_decoder_get_size", FunctionDescriptor.of(anInt, anInt));
        decoderInit = function(library, "opus_decoder_init", FunctionDescriptor.of(anInt, pointer, anInt, anInt));
        decoderControl = function(library, "opus_decoder_ctl", control, Linker.Option.firstVariadicArg(2));
        decode = function(library, "opus_decode", FunctionDescriptor.of(anInt, pointer, pointer, anInt, pointer, anInt, anInt));
    }

    /** The library, where this machine has it and the JVM may call it. */
    static Optional<LibOpus> found() { return FOUND; }

    static Optional<LibOpus> find(List<String> names) {
        BiFunction<String, Arena, SymbolLookup> open = SymbolLookup::libraryLookup;
        for (String name : names) {
            try {
                return Optional.of(new LibOpus(open.apply(name, Arena.global())));
            } catch (RuntimeException notThere) {                         // no such library, not all functions in it, or no native access
                continue;
            }
        }
        return Optional.empty();
    }

    int encoderSize() {
        try {
            return (int) encoderSize.invokeExact(1);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    int encoderInit(MemorySegment state, int rate) {
        try {
            return (int) encoderInit.invokeExact(state.address(), rate, 1, APPLICATION_VOIP);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    int encoderControl(MemorySegment state, int request, int value) {
        try {
            return (int) encoderControl.invokeExact(state.address(), request, value);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    int encode(MemorySegment state, MemorySegment samples, int frame, MemorySegment out) {
        try {
            return (int) encode.invokeExact(state.address(), samples.address(), frame, out.address(), (int) out.byteSize());
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    int decoderSize() {
        try {
            return (int) decoderSize.invokeExact(1);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    int decoderInit(MemorySegment state, int rate) {
        try {
            return (int) decoderInit.invokeExact(state.address(), rate, 1);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    int decoderControl(MemorySegment state, int request, int value) {
        try {
            return (int) decoderControl.invokeExact(state.address(), request, value);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    /** @param length 0 when the packet is lost: {@code samples} are then made up */
    int decode(MemorySegment state, MemorySegment packet, int length, MemorySegment out, int samples, boolean correctLoss) {
        try {
            return (int) decode.invokeExact(state.address(), length == 0 ? 0L : packet.address(), length, out.address(), samples,
                    correctLoss ? 1 : 0);
        } catch (Throwable broken) {
            throw cannot(broken);
        }
    }

    private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type, options);
    }

    private static IllegalStateException cannot(Throwable broken) { return new IllegalStateException("libopus could not be called", broken); }
}
