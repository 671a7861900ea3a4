package org.infrafabric.sip;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;

/** Keeps what a leg told, as short words in order. */
class Heard implements Leg.Listener {
    final List<String> words = new CopyOnWriteArrayList<>();
    final List<LegEnd> ends = new CopyOnWriteArrayList<>();

    @Override
    public void onRinging(Leg leg, int status) { words.add("ringing " + status); }

    @Override
    public void onAnswered(Leg leg) { words.add("answered"); }

    @Override
    public void onEnded(Leg leg, LegEnd end) {
        words.add("ended " + (end.failure().isEmpty() ? "well" : end.failure().get().label()) + (end.byPeer() ? " by peer" : " by us"));
        ends.add(end);
    }
}
