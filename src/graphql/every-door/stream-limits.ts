// The same on both doors for subscriptions.

/** Bytes that may wait in a connection's buffer before a stream has to wait for the client to read. */
export const HIGH_WATER_MARK = 64 * 1024;

/** How often a client is pinged, in milliseconds. One that has shown no sign of life between two pings is lost. */
export const PING_INTERVAL_MS = 12_000;

/** How long a client may take to let go of a connection that we end, in milliseconds. */
export const CLOSING_MS = 1_000;
