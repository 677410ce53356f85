import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  Admission,
  BUSY_MS,
  LATE_MS,
  LONGEST_WAIT_MS,
  MOST_BEGINNING,
  MOST_DATABASE_WAITING,
  MOST_WAITING,
  OVERLOADED_MS,
  STUCK_MS,
} from './admission.js';
import type { Slot } from './slot.js';

Logger.overrideLogger(false);

/** Between two looks at what is short, in milliseconds. */
const LOOK_MS = 100;

/** The server's admission on a clock that stands still, under a pressure that the test sets. */
function open() {
  const pressure = {
    delayMs: 0,
    databaseWaiting: 0,
    look: (): void => undefined,
    start: (onLook: () => void) => (pressure.look = onLook),
    stop: () => undefined,
  };
  let now = 0;
  const admission = new Admission(pressure, () => now);
  admission.onModuleInit();
  return {
    admission,
    pressure,
    /** Lets time pass, with a look at the pressure every tenth of a second. */
    pass: async (milliseconds: number): Promise<void> => {
      for (let passed = 0; passed < milliseconds; passed += LOOK_MS) {
        now += LOOK_MS;
        pressure.look();
      }
      await nextTurn();
    },
  };
}

interface Asked {
  readonly leave: AbortController;
  readonly outcome: Promise<unknown>;
  place: Slot | null;
  refusal: unknown;
}

function ask(admission: Admission): Asked {
  const leave = new AbortController();
  const entered = admission.enter(leave.signal);
  const asked: Asked = {
    leave,
    place: null,
    refusal: null,
    outcome: entered.then(
      (place) => (asked.place = place),
      (error: unknown) => (asked.refusal = error),
    ),
  };
  return asked;
}

const many = (count: number, admission: Admission): Asked[] =>
  Array.from({ length: count }, () => ask(admission));

const begun = (asked: readonly Asked[]): number => asked.filter(({ place }) => place !== null).length;
const refused = (asked: readonly Asked[]): number => asked.filter(({ refusal }) => refusal !== null).length;

describe('The admission of chats', () => {
  it('lets a fixed number begin at once, and the others as soon as those have begun, in their order', async () => {
    const { admission } = open();
    const asked = many(200, admission);
    await nextTurn();
    expect([begun(asked), refused(asked)]).toEqual([MOST_BEGINNING, 0]);
    for (const one of asked) {
      expect(one.place).not.toBeNull();
      one.place?.release();
      one.place?.release();
      await nextTurn();
    }
    expect([begun(asked), refused(asked)]).toEqual([200, 0]);
    expect(admission.load).toBe('READY');
  });

  it('refuses at once what would have to wait behind too many, and says when to come again', async () => {
    const { admission } = open();
    const asked = many(2_000, admission);
    await nextTurn();
    expect([begun(asked), refused(asked)]).toEqual([MOST_BEGINNING, 2_000 - MOST_BEGINNING - MOST_WAITING]);
    const waits = asked.flatMap(({ refusal }) =>
      refusal === null ? [] : [(refusal as { retryAfterMs: number }).retryAfterMs],
    );
    expect(asked.at(-1)?.refusal).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
      httpStatus: 503,
      publicMessage: 'This server is busy. Try again.',
    });
    // They do not come back all at once.
    expect(waits[0]).toBeGreaterThanOrEqual(1_000);
    expect(waits[1_000]).toBeGreaterThan(waits[0]! + 3_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
    expect(admission.load).toBe('BUSY');
  });

  it.each([
    ['the event loop is late', 'delayMs', LATE_MS],
    ['many wait for the database', 'databaseWaiting', MOST_DATABASE_WAITING],
  ] as const)('lets none begin while %s, and goes on when that is over', async (_, what, most) => {
    const { admission, pressure, pass } = open();
    pressure[what] = most + 1;
    const asked = many(3, admission);
    await pass(STUCK_MS - LOOK_MS);
    expect([begun(asked), refused(asked)]).toEqual([0, 0]);
    pressure[what] = most;
    await pass(LOOK_MS);
    expect([begun(asked), refused(asked)]).toEqual([3, 0]);
    expect(admission.load).toBe('READY');
  });

  it('refuses all where that goes on, until it is over', async () => {
    const { admission, pressure, pass } = open();
    pressure.delayMs = LATE_MS + 1;
    const waiting = many(3, admission);
    await pass(STUCK_MS + 2 * LOOK_MS);
    expect(refused(waiting)).toBe(3);
    const late = ask(admission);
    await nextTurn();
    expect(late.refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(admission.load).toBe('BUSY');
    await pass(OVERLOADED_MS - 3 * LOOK_MS);
    expect(admission.load).toBe('BUSY');
    await pass(3 * LOOK_MS);
    expect(admission.load).toBe('OVERLOADED');
    pressure.delayMs = 0;
    await pass(LOOK_MS);
    expect(admission.load).toBe('READY');
    const next = ask(admission);
    await nextTurn();
    expect(next.place).not.toBeNull();
  });

  it('does not take a server for overloaded that is late because it begins chats', async () => {
    const { admission, pressure, pass } = open();
    const first = ask(admission);
    await nextTurn();
    const second = ask(admission);
    await nextTurn();
    pressure.delayMs = LATE_MS + 1;
    const waiting = ask(admission);
    await pass(STUCK_MS - LOOK_MS);
    first.place?.release();
    await pass(STUCK_MS - LOOK_MS);
    second.place?.release();
    await pass(STUCK_MS - LOOK_MS);
    expect(waiting.refusal).toBeNull();
    pressure.delayMs = 0;
    await pass(LOOK_MS);
    expect(waiting.place).not.toBeNull();
  });

  it('lets none wait for longer than ten seconds', async () => {
    const { admission, pass } = open();
    const beginning = many(MOST_BEGINNING, admission);
    const waiting = ask(admission);
    await pass(LONGEST_WAIT_MS);
    expect(waiting.refusal).toBeNull();
    await pass(LOOK_MS);
    expect(waiting.refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(begun(beginning)).toBe(MOST_BEGINNING);
    expect(admission.load).toBe('BUSY');
    await pass(BUSY_MS);
    expect(admission.load).toBe('READY');
  });

  it('drops a request whose client leaves while it waits', async () => {
    const { admission } = open();
    const beginning = many(MOST_BEGINNING, admission);
    const [left, next] = many(2, admission) as [Asked, Asked];
    const reason = new Error('left');
    left.leave.abort(reason);
    await left.outcome;
    expect(left.refusal).toBe(reason);
    await nextTurn();
    beginning[0]?.place?.release();
    await nextTurn();
    expect([left.place, next.place]).toEqual([null, expect.anything()]);
    await expect(admission.enter(left.leave.signal)).rejects.toBe(reason);
  });
});
