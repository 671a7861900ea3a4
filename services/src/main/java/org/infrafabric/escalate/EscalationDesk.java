package org.infrafabric.escalate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Conference;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Provenance;
import org.infrafabric.guard.Party;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.witness.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All escalations of this node: takes messages in, keeps what runs, finds what ran, goes on after a restart, and stops in good order. Its methods may be called
 * from any thread, unless they say otherwise; what they change belongs to the owner's thread.
 */
public final class EscalationDesk implements Escalations, IncomingCall.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(EscalationDesk.class);
    /** That one has ended is remembered so long, for a repetition that was looked up before its row was there. */
    private static final Duration LINGER = Duration.ofSeconds(60);

    /** A start is done by then: what is said in every escalation is rendered when nothing waits for the processor. */
    private static final Duration SETTLED = Duration.ofSeconds(2);
    /** When people who answer at once would hear nothing for longer than that, it is better to say at the door that it is too much. */
    private static final Duration VOICE_BEHIND_AT_MOST = Duration.ofSeconds(2);

    private final DeskParts parts;
    private final EscalationRows rows;
    private final Deliveries deliveries;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Set<String> justEnded = new HashSet<>();               // the owner's
    private final Admission admission;
    private final Asides asides;
    private final FeedbackBook feedback;
    private final ClockWatch clock;
    private final Trickle strangers = new Trickle(Admission.BURST);
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile int live; // written by the owner alone
    private boolean closed;

    /** Brings its tables up to date; may block. Call {@link #recover} before the first message. */
    public EscalationDesk(DeskParts parts) {
        this.parts = parts;
        this.rows = new EscalationRows(parts.store());
        this.deliveries = new Deliveries(parts, rows);
        this.asides = new Asides(parts.witness());
        this.feedback = new FeedbackBook(parts.store(), parts.witness(), rows);
        this.clock = new ClockWatch(parts.timers().wallTime(), parts.timers().nowNanos());
        this.admission = new Admission(parts, rows, asides, house);
    }

    // --- messages ----------------------------------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Submission> submit(byte[] body, String agent, long receivedNanos) {
        return admission.submit(body, agent, receivedNanos);
    }

    private final Admission.House house = new Admission.House() {
        @Override
        public Optional<Running> running(String id) { return Optional.ofNullable(running.get(id)); }

        @Override
        public boolean justEnded(String id) { return justEnded.contains(id); }

        @Override
        public boolean takesMore() {
            return !closed && !draining.get() && live < parts.settings().maxLive() && !parts.witness().saturated()
                    && parts.voice().behindMillis() < VOICE_BEHIND_AT_MOST.toMillis();
        }

        @Override
        public Running begin(Matter matter, int level, byte[] body, long receivedNanos) {
            Running made = new Running(parts, watcher, matter, level, body, receivedNanos);
            running.put(matter.id(), made);
            live++;
            return made;
        }
    };

    // --- what runs ---------------------------------------------------------------------------------------------------------------------

    private final Running.Watcher watcher = new Running.Watcher() {
        @Override
        public void born(Running born) {
            admission.born(born);
        }

        @Override
        public void stillborn(Running dead, StoreFailure why) {
            LOG.error("Escalation {} was refused, since the log cannot take it: {}", dead.matter().id(), why.toString());
            running.remove(dead.matter().id());
            ended();
            admission.stillborn(dead.matter().id());
        }

        @Override
        public void decided(EscalationRows.Delivery delivery) { deliveries.begin(delivery); }

        @Override
        public void over(Running over) {
            ended();
            EscalationView last = over.view();
            LOG.info("Escalation {} of {} is over: {}", last.id(), last.source(), last.history().isEmpty() ? last.state() : summary(last));
            String id = over.matter().id();
            running.remove(id);
            justEnded.add(id);
            var unused = parts.timers().after(LINGER, () -> justEnded.remove(id));
        }

        private static String summary(EscalationView view) {
            EscalationView.Step last = view.history().stream().filter(step -> !step.state().equals("CLOSED")).reduce((a, b) -> b).orElseThrow();
            return last.state() + ", " + last.detail();
        }

        private void ended() {
            live--;
            if (draining.get() && live == 0) drained.complete(null);
        }
    };

    @Override
    public CompletableFuture<Optional<EscalationView>> cancel(String id, String by) {
        CompletableFuture<Optional<EscalationView>> answer = new CompletableFuture<>();
        parts.owner().execute(() -> {
            Running known = running.get(id);
            if (known == null || known.over() || closed) lookUp(id, answer);
            else known.cancel(by, () -> answer.complete(Optional.of(known.view())));
        });
        return answer;
    }

    @Override
    public CompletableFuture<VoteResult> vote(String id, String guardian, Vote vote, List<String> conditions, Optional<String> reason) {
        CompletableFuture<VoteResult> answer = new CompletableFuture<>();
        Optional<Ballot.Choice> choice = switch (vote) {
            case APPROVE -> Optional.of(Ballot.Choice.APPROVE);
            case REJECT -> Optional.of(Ballot.Choice.REJECT);
            case ABSTAIN -> Optional.of(Ballot.Choice.ABSTAIN);
            case WITHDRAW -> Optional.empty();
        };
        parts.owner().execute(() -> {
            Running known = running.get(id);
            if (known == null || known.over() || closed) {
                CompletableFuture<Optional<EscalationView>> found = new CompletableFuture<>();
                lookUp(id, found);
                var unused = found.whenComplete((view, failure) -> {
                    if (failure != null) answer.completeExceptionally(failure);
                    else answer.complete(view.<VoteResult>map(VoteResult.Closed::new).orElseGet(VoteResult.NoSuchEscalation::new));
                });
                return;
            }
            known.vote(guardian, choice, List.copyOf(conditions), reason, voted -> answer.complete(switch (voted) {
                case COUNTED -> new VoteResult.Counted(known.view());
                case CLOSED -> new VoteResult.Closed(known.view());
                case NOT_ELIGIBLE -> new VoteResult.NotEligible();
            }));
        });
        return answer;
    }

    @Override
    public CompletableFuture<Feedback.Result> feedback(String id, Feedback.Rater rater, int usefulness, Optional<String> note) {
        Feedback.check(usefulness, note);
        return CompletableFuture.runAsync(() -> {}, parts.blocking()).thenCompose(there -> feedback.take(id, rater, usefulness, note));
    }

    @Override
    public List<Feedback> feedback(String id) { return feedback.of(id); }

    @Override
    public List<Feedback.Standing> standings() { return feedback.standings(); }

    private void lookUp(String id, CompletableFuture<Optional<EscalationView>> answer) {
        parts.blocking().execute(() -> {
            try {
                answer.complete(find(id));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
    }

    /** May block for the store. */
    @Override
    public Optional<EscalationView> find(String id) {
        Running known = running.get(id);
        if (known != null && !admission.unborn(id)) return Optional.of(known.view());
        return rows.known(id).map(EscalationRows.Known::view);
    }

    /** May block for the store. */
    @Override
    public List<EscalationView> list(Optional<String> agent, long before, int limit) { return rows.newest(agent, before, limit); }

    /** Escalations that are not over. */
    public int live() { return live; }

    /** The legs that are up or being set up; completes on the owner's thread. */
    public CompletableFuture<List<LiveLeg>> legs() {
        CompletableFuture<List<LiveLeg>> answer = new CompletableFuture<>();
        parts.owner().execute(() -> {
            List<LiveLeg> all = new ArrayList<>();
            running.values().forEach(each -> all.addAll(each.legs()));
            answer.complete(all);
        });
        return answer;
    }

    /** The conferences of the escalations that run, by the escalation's id. Owner's thread. */
    public Map<String, Conference> conferences() {
        Map<String, Conference> open = new java.util.LinkedHashMap<>();
        running.forEach((id, each) -> { if (!each.over()) each.conference().ifPresent(conference -> open.put(id, conference)); });
        return open;
    }

    // --- calls that come in ------------------------------------------------------------------------------------------------------------

    /** Somebody of the roster who calls for an escalation that runs takes part in it; nobody else is let in. Owner's thread. */
    @Override
    public void onIncoming(IncomingCall call) {
        Optional<Party> party = parts.guard().get().mayCallIn(call.from());
        if (party.isEmpty() || call.provenance().isEmpty() && !call.authenticated()) {
            turnAway(call, CallFailure.DENIED_BY_GUARD, party.isEmpty() ? "not in the roster" : "belongs to no escalation");
            return;
        }
        Optional<String> trace = call.provenance().map(Provenance::traceId); // who only dials in means whatever waits for them
        for (Running each : running.values()) {
            if (!each.over() && trace.filter(named -> !each.matter().traceId().equals(named)).isEmpty() && each.take(party.get(), call)) return;
        }
        turnAway(call, CallFailure.NOT_FOUND, "no open escalation has a part for this caller");
    }

    private void turnAway(IncomingCall call, CallFailure why, String cause) {
        call.refuse(why);
        long suppressed = strangers.let(parts.timers().nowNanos());
        if (suppressed < 0) return;
        asides.note(EventType.CALL_REFUSED, call.provenance().map(provenance -> provenance.traceId()), Payload.of("from",
                Trickle.brief(call.from()), "to", Trickle.brief(call.to()), "source", Trickle.brief(call.source()), "cause", cause, "suppressed",
                suppressed));
    }

    // --- life --------------------------------------------------------------------------------------------------------------------------

    /**
     * Goes on with what a former life left open (CONTRACT §8): ends its legs, repeats rungs, calls councils together again, delivers decisions.
     *
     * @return how many escalations were open; completes when all of them have been told to go on, and fails when one of them cannot be
     */
    public CompletableFuture<Integer> recover() {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        parts.blocking().execute(() -> {
            try {
                List<EscalationRows.Open> open = rows.open();
                Map<String, List<String>> tokens = new java.util.HashMap<>();
                for (EscalationRows.Open left : open) tokens.put(left.matter().id(), rows.legTokens(left.matter().id()));
                List<EscalationRows.Delivery> undelivered = rows.deliveries();
                parts.owner().execute(() -> {
                    try {
                        goOn(open, tokens, undelivered);
                        answer.complete(open.size());
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void goOn(List<EscalationRows.Open> open, Map<String, List<String>> tokens, List<EscalationRows.Delivery> undelivered) {
        var unused = parts.timers().after(SETTLED, () -> { if (!closed) parts.voice().keep(Briefing.standing()); });
        for (EscalationRows.Open left : open) resume(left, tokens.getOrDefault(left.matter().id(), List.of()));
        deliveries.resume(undelivered);
        watchTheClock();
    }

    private void watchTheClock() {
        if (closed) return;
        clock.look(parts.timers().wallTime(), parts.timers().nowNanos()).ifPresent(this::clockJumped);
        var unused = parts.timers().after(ClockWatch.EVERY, this::watchTheClock);
    }

    private void clockJumped(Duration jump) {
        LOG.warn("The wall clock has jumped by {} s; what runs keeps its time, deadlines of messages follow the clock", jump.toSeconds());
        asides.note(EventType.CLOCK_JUMPED, Optional.empty(), Payload.of("millis", jump.toMillis(), "running", live));
        for (Running each : running.values()) if (!each.over()) each.clockJumped();
    }

    private void resume(EscalationRows.Open left, List<String> tokens) {
        for (String token : tokens) {
            try {
                parts.dialer().endStray(token);
            } catch (RuntimeException unreadable) {
                LOG.warn("A leg of {} could not be ended after the restart: {}", left.matter().id(), unreadable.toString());
            }
        }
        Running again = new Running(parts, watcher, left);
        running.put(left.matter().id(), again);
        live++;
        again.resume();
    }

    /**
     * Takes nothing new and lets what runs come to its end.
     *
     * @param atMost so long; what still runs then is put down for the next life by {@link #close}
     * @return completes when nothing runs any more, or the time is over
     */
    public CompletableFuture<Void> drain(Duration atMost) {
        draining.set(true);
        parts.owner().execute(() -> {
            if (live == 0) drained.complete(null);
            var unused = parts.timers().after(atMost, () -> drained.complete(null));
        });
        return drained;
    }

    /** Ends all calls and leaves what is open to the next life. Completes when it is done; the store may be closed then. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        parts.owner().execute(() -> {
            closed = true;
            deliveries.stop();
            for (Running each : running.values()) if (!each.over()) each.suspend();
            done.complete(null);
        });
        return done;
    }
}
