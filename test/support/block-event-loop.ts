const cell = new Int32Array(new SharedArrayBuffer(4));

/** Holds the event loop up, as a process that is suspended or works in one piece does. */
export function blockEventLoop(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}
