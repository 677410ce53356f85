import { failureOf } from '../../test/support/collect.js';
import { SharedCalls } from './shared-calls.js';

describe('calls that several share', () => {
  let calls: SharedCalls<string>;
  /** Those that were made, with what settles each. */
  let made: { signal: AbortSignal; resolve: (result: string) => void; reject: (reason: Error) => void }[];
  beforeEach(() => {
    calls = new SharedCalls();
    made = [];
  });

  const join = (name: string, signal = new AbortController().signal): Promise<string> =>
    calls.join(
      name,
      signal,
      (shared) =>
        new Promise((resolve, reject) => {
          made.push({ signal: shared, resolve, reject });
        }),
    );

  it('are one for each name, as long as it goes on', async () => {
    const both = [join('a'), join('a')];
    const other = join('b');
    expect(made).toHaveLength(2);
    expect([calls.has('a'), calls.has('c')]).toEqual([true, false]);
    made[0]!.resolve('first');
    expect(await Promise.all(both)).toEqual(['first', 'first']);
    expect(calls.has('a')).toBe(false);
    const again = join('a');
    made[2]!.resolve('second');
    made[1]!.resolve('other');
    expect(await Promise.all([again, other])).toEqual(['second', 'other']);
  });

  it('fail for all who wait, and for nobody who comes later', async () => {
    const failure = new Error('no');
    const both = [join('a'), join('a')].map((call) => failureOf(call));
    made[0]!.reject(failure);
    expect(await Promise.all(both)).toEqual([failure, failure]);
    expect(calls.has('a')).toBe(false);
  });

  it('go on for the others when the first one leaves', async () => {
    const first = new AbortController();
    const left = failureOf(join('a', first.signal));
    const stays = join('a');
    const reason = new Error('left');
    first.abort(reason);
    expect(await left).toBe(reason);
    expect(made[0]!.signal.aborted).toBe(false);
    made[0]!.resolve('done');
    expect(await stays).toBe('done');
  });

  it('end when the last caller leaves: the next one makes a new call', async () => {
    const callers = [new AbortController(), new AbortController()];
    const left = callers.map(({ signal }) => failureOf(join('a', signal)));
    const reason = new Error('left');
    callers[0]!.abort(new Error('first'));
    callers[1]!.abort(reason);
    await Promise.all(left);
    expect(made[0]!.signal.reason).toBe(reason);
    const next = join('a');
    // What was given up ends late, and takes nothing away.
    made[0]!.reject(reason);
    await Promise.resolve();
    expect(calls.has('a')).toBe(true);
    made[1]!.resolve('done');
    expect(await next).toBe('done');
  });

  it('are not made for somebody who has left', async () => {
    const reason = new Error('left');
    expect(await failureOf(join('a', AbortSignal.abort(reason)))).toBe(reason);
    expect(made).toEqual([]);
  });

  it('do not end with a signal that aborts after them', async () => {
    const caller = new AbortController();
    const first = join('a', caller.signal);
    made[0]!.resolve('done');
    await first;
    const second = join('a');
    caller.abort();
    expect(made[1]!.signal.aborted).toBe(false);
    made[1]!.resolve('done');
    await second;
  });
});
