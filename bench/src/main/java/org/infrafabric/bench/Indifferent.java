package org.infrafabric.bench;

import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;

/** Whoever hears of a leg and does nothing about it. */
public final class Indifferent implements Leg.Listener {
    @Override
    public void onRinging(Leg leg, int status) {}

    @Override
    public void onAnswered(Leg leg) {}

    @Override
    public void onEnded(Leg leg, LegEnd end) {}
}
