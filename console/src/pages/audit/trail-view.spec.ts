import type { EventEdge, EventList } from './event-list';
import type { AskedPage } from './fetch-events';
import { TrailView } from './trail-view';

const edge = (number: number): EventEdge => {
  const id = String(number).padStart(6, '0');
  return { cursor: id, node: { id } } as EventEdge;
};

describe('TrailView', () => {
  /** The numbers of all events of the trail, oldest first. */
  let trail: number[];
  let asked: AskedPage[];
  let failure: Error | null;
  let view: TrailView;
  const fetchPage = (page: AskedPage): Promise<EventList> => {
    asked.push(page);
    if (failure) return Promise.reject(failure);
    const found = [...trail]
      .reverse()
      .filter((number) => page.after === null || edge(number).cursor < page.after);
    return Promise.resolve({
      edges: found.slice(0, page.first).map(edge),
      hasOlder: found.length > page.first,
    });
  };
  beforeEach(() => {
    trail = Array.from({ length: 120 }, (_, index) => index + 1);
    asked = [];
    failure = null;
    view = new TrailView(fetchPage);
  });
  const shown = (): number[] => view.state().list.edges.map(({ node }) => Number(node.id));
  const look = async (): Promise<number> => {
    let count = 0;
    await view.look(new AbortController().signal, (added) => (count = added.length));
    return count;
  };

  it('shows the newest, then older ones until there are none', async () => {
    await view.load();
    expect([shown()[0], shown().length]).toEqual([120, 50]);
    await view.loadOlder();
    await view.loadOlder();
    expect([shown().length, view.state().list.hasOlder]).toEqual([120, false]);
    await view.loadOlder();
    expect(asked).toHaveLength(3);
  });

  it('takes what has come, and says how much it is', async () => {
    await view.load();
    expect(await look()).toBe(0);
    trail.push(121, 122, 123);
    expect(await look()).toBe(3);
    expect(shown().slice(0, 4)).toEqual([123, 122, 121, 120]);
    expect(asked.filter(({ isWanted }) => isWanted)).toHaveLength(1);
  });

  it('looks through pages until it meets what it knows', async () => {
    await view.load();
    for (let number = 121; number <= 240; number += 1) trail.push(number);
    expect(await look()).toBe(120);
    expect(shown()).toHaveLength(170);
    expect(asked).toHaveLength(4);
  });

  it('begins anew where too much has come, with nothing missing after it', async () => {
    await view.load();
    for (let number = 121; number <= 500; number += 1) trail.push(number);
    expect(await look()).toBe(200);
    await view.loadOlder();
    expect(shown()).toEqual(Array.from({ length: 250 }, (_, index) => 500 - index));
  });

  it('keeps what it shows where the server is away, and says why', async () => {
    await view.load();
    failure = new Error('away');
    await view.loadOlder();
    expect([view.state().error, shown().length]).toEqual([failure, 50]);
    await expect(look()).rejects.toBe(failure);
    failure = null;
    await view.loadOlder();
    expect([view.state().error, shown().length]).toEqual([null, 100]);
  });

  it('looks after the page that is wanted has come, or has not', async () => {
    await view.load();
    failure = new Error('away');
    const loading = view.loadOlder();
    const looking = look();
    expect(asked).toHaveLength(2);
    await loading;
    expect(view.state().error).toBe(failure);
    await expect(looking).rejects.toBe(failure);
  });

  it('shows the newest where they did not come at first, none of which is news', async () => {
    failure = new Error('away');
    await view.load();
    expect([view.state().error, shown()]).toEqual([failure, []]);
    failure = null;
    expect(await look()).toBe(0);
    expect([view.state().error, shown().length]).toEqual([null, 50]);
    trail.push(121);
    expect(await look()).toBe(1);
  });

  it('takes nothing after it was closed', async () => {
    const loading = view.load();
    view.close();
    await loading;
    expect(shown()).toEqual([]);
  });
});
