import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs, residentMegabytes } from '../machine/processor-time.mjs';
import { Figures } from '../report/figures.mjs';

/** How long a server has been idle when its memory is looked at. */
const IDLE_MS = 3_000;

/** @type {import('./case.mjs').Case} */
export const start = {
  name: 'start',
  title: 'from its start until the server listens, on a database that is there, and its memory while idle',
  async run(bench) {
    const figures = new Figures(start.name);
    const kinds = [
      ...(bench.isEmbedded
        ? []
        : [{ subject: 'Keystream on PostgreSQL', embedded: false, goal: '≤ 1.5', memory: '< 150' }]),
      { subject: 'Keystream on an embedded database', embedded: true, goal: '≤ 2.2', memory: '' },
    ];
    for (const { subject, embedded, goal, memory } of kinds) {
      const database = await bench.createDatabase(embedded);
      // It has started once: the first time it makes what it needs.
      await (await bench.keystreamOn(database)).child.stop();
      await bench.eachRound(async () => {
        const { child } = await bench.keystreamOn(database);
        const used = processorMs(child.pid) / 1_000;
        await sleep(IDLE_MS);
        const megabytes = residentMegabytes(child.pid);
        await child.stop();
        figures.add({ subject, measure: 's until it listens', value: child.startedInMs / 1_000, goal });
        figures.add({ subject, measure: 's of CPU for that', value: used });
        figures.add({ subject, measure: 'MB while idle', value: megabytes, goal: memory });
      });
    }
    return figures.rows();
  },
};
