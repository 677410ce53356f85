import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';

/** Turns of the event loop in which a patient timer has the sockets read, and one in which it has said that its time is up. */
const TURNS = 3;

/** Lets time pass on jest's clock, for patient timers, too: before one says that its time is up, the event loop goes round. */
export async function passTime(milliseconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}
