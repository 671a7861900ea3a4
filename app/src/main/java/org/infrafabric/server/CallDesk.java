package org.infrafabric.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.infrafabric.call.CallControl;
import org.infrafabric.call.ConferenceControl;

/**
 * Calls as the HTTP API sees them.
 *
 * @param escalations the legs of escalations that are up now
 * @param control what operators do with calls
 * @param conferences what operators do with conferences
 */
public record CallDesk(Supplier<CompletableFuture<List<LiveCall>>> escalations, CallControl control, ConferenceControl conferences) {}
