package org.infrafabric.sdp;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A {@code c=} line of net type IN.
 *
 * @param addressType {@code IP4} or {@code IP6}
 * @param address a literal or a host name, as it came
 */
public record Connection(String addressType, String address) {
    public static Connection of(InetAddress address) {
        return new Connection(address.getAddress().length == 4 ? "IP4" : "IP6", NetUtil.toAddressString(address));
    }

    /** The address if it is a literal that one peer can own; empty for host names (looking one up would block) and for multicast. */
    public Optional<InetAddress> unicast() {
        boolean literal = addressType.equals("IP4") ? NetUtil.isValidIpV4Address(address) : NetUtil.isValidIpV6Address(address);
        if (!literal) return Optional.empty();
        try {
            InetAddress parsed = InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(address));
            return parsed.isMulticastAddress() || isBroadcast(parsed) ? Optional.empty() : Optional.of(parsed);
        } catch (UnknownHostException impossible) {
            return Optional.empty(); // only for a wrong array length
        }
    }

    private static boolean isBroadcast(InetAddress address) {
        for (byte part : address.getAddress())
            if (part != (byte) 0xff) return false;
        return true;
    }

    @Override
    public String toString() { return "IN " + addressType + " " + address; }
}
