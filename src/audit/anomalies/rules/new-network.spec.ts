import { DAY, HOUR, MINUTE, observe, START, times, used } from '../../../../test/support/observed.js';
import { newNetwork } from './new-network.js';

const from = (network: string | null, after: number, said = {}) =>
  used({ at: START + after, network, ...said });

describe('NEW_NETWORK', () => {
  it('is found at the first use from a network that is not the first', () => {
    expect(
      observe(newNetwork, [from('home', 0), from('home', DAY), from('cafe', 2 * DAY), from('cafe', 3 * DAY)]),
    ).toEqual([[2 * DAY, 'Keys were used from a network that was never seen for this user.']]);
  });

  it('is none of what has no network, nor in the first week of a key', () => {
    expect(observe(newNetwork, [from('home', 0), from(null, DAY)])).toEqual([]);
    const young = { keyAge: 6 * DAY };
    const events = [from('home', 0, young), from('cafe', DAY, young), from('cafe', 20 * DAY)];
    expect(observe(newNetwork, events)).toEqual([]);
  });

  it("is none with the server's key in the first week of the user", () => {
    const server = { keyId: null };
    expect(observe(newNetwork, [from('home', 0, server), from('cafe', 6 * DAY, server)])).toEqual([]);
    expect(observe(newNetwork, [from('home', 0, server), from('cafe', 8 * DAY, server)])).toHaveLength(1);
  });

  it('is found once for a journey', () => {
    const journey = times(3, (index) => from(`stop-${String(index)}`, 10 * DAY + index * HOUR));
    expect(observe(newNetwork, [from('home', 0), ...journey])).toHaveLength(1);
  });

  it('says nothing of somebody who is always on the move, until they have settled', () => {
    const moves = times(10, (index) => from(`stop-${String(index)}`, (index + 4) * 2 * DAY));
    expect(observe(newNetwork, [from('home', 0), ...moves])).toHaveLength(4);
    expect(observe(newNetwork, [from('home', 0), ...moves, from('new', 60 * DAY)])).toHaveLength(5);
    // In the first week they are learned.
    const places = times(6, (index) => from(`place-${String(index)}`, (index + 1) * DAY));
    expect(observe(newNetwork, [from('home', 0), ...places, from('new', 10 * DAY)])).toHaveLength(7);
  });

  it('writes down once an hour that a network was seen, and keeps a hundred', () => {
    const home = newNetwork.observe(null, from('home', 0)).state;
    expect(newNetwork.observe(home, from('home', 59 * MINUTE)).state).toBeNull();
    expect(newNetwork.observe(home, from('home', HOUR)).state).toMatchObject({
      networks: [['home', START, START + HOUR]],
    });
    let state = home;
    for (const event of times(150, (index) => from(String(index), index * HOUR)))
      state = newNetwork.observe(state, event).state ?? state;
    expect(state!.networks).toHaveLength(100);
    expect(state!.networks.at(-1)![0]).toBe('149');
  });
});
