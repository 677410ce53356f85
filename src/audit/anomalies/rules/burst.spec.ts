import { DAY, HOUR, observe, START, times, used } from '../../../../test/support/observed.js';
import { burst } from './burst.js';

/** So many uses within an hour, beginning at a moment. */
const hourOf = (from: number, uses: number, said = {}) =>
  times(uses, (index) => used({ at: from + index * 10_000, ...said }));
/** Ten days, each with an hour of so many uses. */
const habit = (uses: number) => times(10, (day) => hourOf(START + day * DAY, uses)).flat();
const tenth = START + 10 * DAY;

describe('BURST', () => {
  it('is found at the first use above five times the busiest hour of the last two weeks', () => {
    expect(observe(burst, [...habit(20), ...hourOf(tenth, 100)])).toEqual([]);
    expect(observe(burst, [...habit(20), ...hourOf(tenth, 120)])).toEqual([
      [
        10 * DAY + 100 * 10_000,
        'More than 100 uses of keys within an hour; the busiest hour of the last 14 days had 20.',
      ],
    ]);
  });

  it('is none below sixty uses an hour, whatever was before', () => {
    expect(observe(burst, [...habit(1), ...hourOf(tenth, 60)])).toEqual([]);
    expect(observe(burst, [...habit(1), ...hourOf(tenth, 61)])).toHaveLength(1);
  });

  it('is none of a user who was not seen for a week, nor of a key in its first week', () => {
    expect(observe(burst, hourOf(START, 300))).toEqual([]);
    const sixDays = times(6, (day) => hourOf(START + day * DAY, 1)).flat();
    expect(observe(burst, [...sixDays, ...hourOf(START + 6 * DAY, 300)])).toEqual([]);
    expect(observe(burst, [...habit(1), ...hourOf(tenth, 300, { keyAge: 6 * DAY })])).toEqual([]);
  });

  it('is found with a key of the server, too', () => {
    expect(observe(burst, [...habit(1), ...hourOf(tenth, 100, { keyId: null })])).toHaveLength(1);
  });

  it('is found once a day, and what was a burst becomes the habit', () => {
    const burstAt = (at: number) => hourOf(at, 150);
    const events = [
      ...habit(1),
      ...burstAt(tenth),
      ...burstAt(tenth + 2 * HOUR),
      ...burstAt(tenth + 2 * DAY),
    ];
    expect(observe(burst, events)).toHaveLength(1);
    expect(observe(burst, [...events, ...hourOf(tenth + 20 * DAY, 150)])).toHaveLength(2);
  });

  it('counts what comes late in the hour that goes on', () => {
    const late = [...hourOf(tenth + HOUR, 40), ...hourOf(tenth, 40)];
    expect(observe(burst, [...habit(1), ...late])).toHaveLength(1);
  });

  it('keeps no more than two weeks', () => {
    let state = null;
    for (const event of times(100, (day) => used({ at: START + day * DAY })))
      state = burst.observe(state, event).state ?? state;
    expect(state?.peaks.length).toBeLessThanOrEqual(15);
  });
});
