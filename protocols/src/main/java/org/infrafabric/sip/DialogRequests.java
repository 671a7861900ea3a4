package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.call.CallFailure;

/** Requests of ours within one dialog, RFC 3261 §12.2.1.1: sent where the dialog leads, over the transport that their size asks for, and again when they are challenged. */
final class DialogRequests {
    static final byte[] NO_BODY = {};

    private final Core core;
    private final Dialog dialog;
    private final Hop seen;
    private final DigestClient digest;

    /** @param seen where the peer's messages came from when the dialog was made */
    DialogRequests(Core core, Dialog dialog, Hop seen, DigestClient digest) {
        this.core = core;
        this.dialog = dialog;
        this.seen = seen;
        this.digest = digest;
    }

    /** What is told of a request: provisional responses are not. */
    interface Reply {
        /** Whether it is still to be sent, now that there is a way for it. */
        default boolean wanted() { return true; }

        /** It went out, for the first time. */
        default void sent(Hop hop, byte[] request) {}

        /** The final response; each 2xx of an INVITE, repeated ones too. */
        void answered(SipMessage response, Hop from);

        /** Nobody answered. */
        void failed(CallFailure why);
    }

    Dialog dialog() { return dialog; }

    /** Sends a request; {@code headers} adds what is its own. */
    void send(String method, Consumer<SipWriter> headers, String type, byte[] body, Reply reply) {
        new Sending(method, headers, type, body, reply).start();
    }

    /** Sends a BYE. {@code reason}: a Reason header's value. */
    void bye(String reason, Reply reply) {
        send("BYE", writer -> writer.header(HeaderName.REASON, reason), "", NO_BODY, reply);
    }

    /** Gives what sends the ACK of a 2xx, §13.2.2.4: outside any transaction, the same bytes each time. */
    Runnable ack(long number) {
        List<byte[]> encoded = new ArrayList<>(1);
        return () -> core.routes().follow(dialog.nextHop(), seen, hop -> {
            if (encoded.isEmpty()) {
                SipWriter ack = dialog.request("ACK", number, core.routes().via(hop.protocol(), Optional.of(hop.remote()), core.ids().branch()));
                digest.writeAck(ack);
                encoded.add(ack.header(HeaderName.USER_AGENT, core.settings().product()).end());
            }
            core.transactions().sendLoose(encoded.getFirst(), "ACK", hop);
        });
    }

    private final class Sending implements Transactions.Client {
        private final String method;
        private final Consumer<SipWriter> headers;
        private final String type;
        private final byte[] body;
        private final Reply reply;
        private int challenged;
        private boolean heard;
        private boolean told;
        private Optional<Hop> datagram = Optional.empty(); // where it would have gone, had it been shorter

        Sending(String method, Consumer<SipWriter> headers, String type, byte[] body, Reply reply) {
            this.method = method;
            this.headers = headers;
            this.type = type;
            this.body = body;
            this.reply = reply;
        }

        void start() { core.routes().follow(dialog.nextHop(), seen, this::send); }

        /** §18.1.1. No number is taken before there is a way: another request may go first. */
        private void send(Hop hop) {
            if (!reply.wanted()) return;
            String branch = core.ids().branch();
            byte[] request = write(hop, branch);
            Hop way = core.routes().sized(hop, request.length);
            if (way == hop) put(request, branch, hop);
            else core.routes().reach(way, reached -> {
                if (!reply.wanted()) return;
                datagram = Optional.of(hop);
                if (reached) put(write(way, branch), branch, way);
                else start();
            });
        }

        private void put(byte[] request, String branch, Hop way) {
            long unused = dialog.nextNumber();
            if (method.equals("INVITE")) core.transactions().invite(request, branch, way, this);
            else core.transactions().request(request, method, branch, way, this);
            if (!told) reply.sent(way, request);
            told = true;
        }

        private byte[] write(Hop hop, String branch) {
            SipWriter writer = dialog.request(method, dialog.localNumber() + 1, core.routes().via(hop.protocol(), Optional.of(hop.remote()), branch));
            digest.write(writer, method, dialog.requestUri(), body);
            if (method.equals("INVITE") || method.equals("UPDATE")) writer.header(HeaderName.CONTACT, core.routes().contact(hop));
            headers.accept(writer);
            return writer.header(HeaderName.USER_AGENT, core.settings().product()).end(type, body);
        }

        @Override
        public void onResponse(SipMessage response, Hop from) {
            heard = true;
            if (response.status() < 200) return;
            boolean question = response.status() == 401 || response.status() == 407;
            if (question && challenged < 2 && digest.take(response, challenged > 0)) {
                challenged++;
                start();
            } else {
                reply.answered(response, from);
            }
        }

        @Override
        public void onFailed(CallFailure why) {
            if (datagram.isEmpty() || heard) {
                reply.failed(why);
                return;
            }
            core.routes().avoidTcp(datagram.get().remote());
            datagram = Optional.empty();
            start();
        }
    }
}
