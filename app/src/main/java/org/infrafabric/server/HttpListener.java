package org.infrafabric.server;

import io.javalin.config.JettyConfig;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** How Jetty listens: one connector, a virtual thread a request, and the limits on heads, bodies and connections. */
final class HttpListener {
    private final HttpSettings settings;

    HttpListener(HttpSettings settings) { this.settings = settings; }

    void configure(JettyConfig jetty) {
        QueuedThreadPool threads = new QueuedThreadPool(32, 4);
        threads.setName("http");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("request-"));
        jetty.threadPool = threads;
        jetty.modifyServer(this::configure);
        jetty.modifyHttpConfiguration(this::configure);
        jetty.addConnector(this::connector);
    }

    private void configure(Server server) {
        server.addBean(new NetworkConnectionLimit(settings.maxConnections(), server));
        server.setErrorHandler((Request.Handler) Refusals::unreadable);
        server.setStopTimeout(5_000);
        server.setHandler(new StatisticsHandler());
    }

    private void configure(HttpConfiguration http) {
        http.setUriCompliance(UriCompliance.DEFAULT);
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(settings.headBytes());
        http.setMinRequestDataRate(settings.slowestBody());
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.writeTimeout().toMillis());
        connector.setAcceptQueueSize(1_024);
        connector.addBean(new Connections(settings, connector.getScheduler()));
        connector.setShutdownIdleTimeout(100); // idle connections need no second of grace
        return connector;
    }
}
