import type { EventEdge, EventList } from './event-list';
import { exportEvents, noExport, type PartOfExport } from './export-events';
import type { AskedPage } from './fetch-events';

const TOTAL = 450;
const edge = (number: number): EventEdge =>
  ({
    cursor: String(number),
    node: { id: String(number), kind: 'KEY_STORED', detail: number === 2 ? '=1,"2"' : null, durationMs: 1.5 },
  }) as EventEdge;

describe('exportEvents', () => {
  let asked: AskedPage[];
  let failsAt: number | null;
  beforeEach(() => {
    asked = [];
    failsAt = null;
  });
  const fetchPage = (page: AskedPage): Promise<EventList> => {
    asked.push(page);
    if (asked.length === failsAt) return Promise.reject(new Error('away'));
    const begin = Number(page.after ?? 0);
    const end = Math.min(TOTAL, begin + page.first);
    const edges = Array.from({ length: end - begin }, (_, index) => edge(begin + index + 1));
    return Promise.resolve({ edges, hasOlder: end < TOTAL });
  };
  const idsOf = ({ parts }: PartOfExport): string[] =>
    parts
      .join('')
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]!);
  const whole = Array.from({ length: TOTAL }, (_, index) => String(index + 1));
  const { signal } = new AbortController();

  it('has every event once, under the names of its fields', async () => {
    let last = noExport;
    await exportEvents(fetchPage, noExport, (part) => (last = part), signal);
    expect(idsOf(last)).toEqual(whole);
    expect([last.count, last.isWhole, asked.length]).toEqual([TOTAL, true, 3]);
    const [heading, , second] = last.parts.join('').split('\r\n');
    expect(heading).toMatch(/^id,at,kind,outcome,provider,.*,detail$/);
    expect(second).toMatch(/^2,.*,1.5,"'=1,""2"""$/);
  });

  it('says how far it is after each page', async () => {
    const counts: number[] = [];
    await exportEvents(fetchPage, noExport, ({ count }) => counts.push(count), signal);
    expect(counts).toEqual([200, 400, 450]);
  });

  it('ends at its bound', async () => {
    let last = noExport;
    await exportEvents(fetchPage, noExport, (part) => (last = part), signal, 250);
    expect([idsOf(last).length, last.isWhole]).toEqual([250, true]);
  });

  it('goes on where a failure has ended it', async () => {
    let last = noExport;
    failsAt = 2;
    await expect(exportEvents(fetchPage, last, (part) => (last = part), signal)).rejects.toThrow('away');
    expect(last.count).toBe(200);
    await exportEvents(fetchPage, last, (part) => (last = part), signal);
    expect(idsOf(last)).toEqual(whole);
  });

  it('stops when it is told to', async () => {
    const stopping = new AbortController();
    const counts: number[] = [];
    const running = exportEvents(
      fetchPage,
      noExport,
      ({ count }) => {
        counts.push(count);
        stopping.abort();
      },
      stopping.signal,
    );
    await expect(running).rejects.toThrow();
    expect(counts).toEqual([200]);
  });
});
