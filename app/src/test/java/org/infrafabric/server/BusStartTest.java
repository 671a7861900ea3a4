package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.infrafabric.testkit.Ports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusStartTest {
    @TempDir Path folder;

    @Test
    void shouldLetGoOfDataDirectoryAndSipPortWhenItsHttpPortIsTaken() throws IOException {
        int sip = Ports.free(1);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> Bus.start(config(taken.getLocalPort(), sip)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }

        try (Bus bus = Bus.start(config(0, sip))) {
            assertThat(bus.sip()).singleElement().hasToString("udp:127.0.0.1:" + sip);
        }
    }

    private Config config(int http, int sip) {
        return Config.parse("test", """
                data: %s
                http: { listen: "127.0.0.1:%d" }
                sip: { listen: ["udp:127.0.0.1:%d"] }
                """.formatted(folder.resolve("data"), http, sip), folder);
    }
}
