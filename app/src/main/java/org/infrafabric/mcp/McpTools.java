package org.infrafabric.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.time.Clock;
import java.util.List;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** The three tools and the resources as MCP servers. Tools run on the thread that brings the request: transports give each request a virtual thread of its own. */
final class McpTools {
    static final int LONGEST_MESSAGE = 1 << 20;
    static final McpJsonMapper JSON = new JacksonMcpJsonMapper(JsonMapper
            .builder(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxStringLength(LONGEST_MESSAGE).build()).build())
            .build());

    /** What we speak; the last is offered to a client that names none of them. */
    static final List<String> PROTOCOLS = List.of(ProtocolVersions.MCP_2024_11_05, ProtocolVersions.MCP_2025_03_26, ProtocolVersions.MCP_2025_06_18,
            ProtocolVersions.MCP_2025_11_25);

    private static final String NAME = "ifbus";
    private static final String INSTRUCTIONS = """
            ifbus puts questions that you must not settle alone before people, and gives back their signed decision. Before a step that could harm somebody, \
            break a rule or law, or that you are not sure you may take: call escalate, then await_decision, then do exactly what its "obey" says. No decision, \
            an error, a timeout: the answer is no.""";

    private McpTools() {}

    static McpSyncServer over(McpServerTransportProvider transport) {
        return McpServer.sync(transport).serverInfo(NAME, version()).instructions(INSTRUCTIONS).capabilities(capabilities()).jsonMapper(JSON)
                .jsonSchemaValidator(new DefaultJsonSchemaValidator()).tools(tools()).resources(McpResources.fixed())
                .resourceTemplates(McpResources.templates()).immediateExecution(true).build();
    }

    static McpSyncServer over(McpStreamableServerTransportProvider transport) {
        return McpServer.sync(transport).serverInfo(NAME, version()).instructions(INSTRUCTIONS).capabilities(capabilities()).jsonMapper(JSON)
                .jsonSchemaValidator(new DefaultJsonSchemaValidator()).tools(tools()).resources(McpResources.fixed())
                .resourceTemplates(McpResources.templates()).immediateExecution(true).build();
    }

    private static List<SyncToolSpecification> tools() {
        return List.of(new EscalateTool(Clock.systemUTC()).specification(), new StatusTool().specification(), new AwaitTool().specification());
    }

    private static McpSchema.ServerCapabilities capabilities() {
        return McpSchema.ServerCapabilities.builder().tools(false).resources(false, false).build();
    }

    private static String version() {
        String version = McpTools.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
