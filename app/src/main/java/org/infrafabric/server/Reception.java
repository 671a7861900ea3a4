package org.infrafabric.server;

import org.infrafabric.call.CallFailure;
import org.infrafabric.call.IncomingCall;
import org.jspecify.annotations.Nullable;

/** Takes calls before there is anybody to take them: until it is opened, callers are told to come back. */
final class Reception implements IncomingCall.Receiver {
    private volatile IncomingCall.@Nullable Receiver behind;

    void open(IncomingCall.Receiver receiver) { behind = receiver; }

    @Override
    public void onIncoming(IncomingCall call) {
        IncomingCall.Receiver receiver = behind;
        if (receiver == null) call.refuse(CallFailure.OVERLOAD);
        else receiver.onIncoming(call);
    }
}
