import { HOUR, observe, rejected, START, times } from '../../../../test/support/observed.js';
import { keyStuffing } from './key-stuffing.js';

const keys = (count: number, said = {}) =>
  times(count, (index) => rejected({ at: START + index * 1_000, keyId: null, name: String(index), ...said }));

describe('KEY_STUFFING', () => {
  it('is found at the tenth different key that is refused from one network within an hour', () => {
    expect(observe(keyStuffing, keys(9))).toEqual([]);
    expect(observe(keyStuffing, keys(50))).toEqual([
      [9_000, 'Providers refused 10 different keys from one network within an hour.'],
    ]);
  });

  it('is none of one key that is tried again and again, of several networks, or of none', () => {
    expect(observe(keyStuffing, keys(50, { name: 'the same' }))).toEqual([]);
    const networks = times(50, (index) =>
      rejected({ at: START, name: String(index), network: String(index % 6) }),
    );
    expect(observe(keyStuffing, networks)).toEqual([]);
    expect(observe(keyStuffing, keys(50, { network: null }))).toEqual([]);
  });

  it('is found once in each hour', () => {
    const goingOn = times(3, (hour) =>
      keys(20).map((event) => ({ ...event, at: new Date(event.at.getTime() + hour * HOUR) })),
    );
    expect(observe(keyStuffing, goingOn.flat())).toHaveLength(3);
  });
});
