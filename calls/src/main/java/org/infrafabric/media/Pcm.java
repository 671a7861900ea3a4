package org.infrafabric.media;

/**
 * Sound in memory: 16-bit linear samples, one channel.
 *
 * @param samples not to be changed by whoever holds it
 * @param rate samples a second
 */
public record Pcm(short[] samples, int rate) {}
