import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectFile } from '../machine/child.mjs';
import { environmentOf } from '../machine/keystream.mjs';
import { residentMegabytes } from '../machine/processor-time.mjs';
import { Figures, missing } from '../report/figures.mjs';
import { fillTrail } from '../parts/fill-trail.mjs';

const ROWS = 1_000_000;
const LOOK_MS = 200;

/** @type {import('./case.mjs').Case} */
export const auditVerify = {
  name: 'audit-verify',
  title: 'audit:verify of a trail of 1,000,000 rows, and the memory that it takes',
  onRequest: true,
  async run(bench) {
    const subject = 'Keystream';
    if (bench.isEmbedded) return [missing(auditVerify.name, subject, 'its rows are written to a PostgreSQL')];
    const figures = new Figures(auditVerify.name);
    const database = await bench.createDatabase(false);
    const environment = environmentOf(database);
    // A server makes the keys.
    await (await bench.keystreamOn(database)).child.stop();
    await fillTrail(environment, ROWS);
    await bench.eachRound(async () => {
      const { seconds, megabytes } = await verify(environment, bench.cores.server);
      figures.add({ subject, measure: 's', value: seconds, goal: '< 60' });
      figures.add({ subject, measure: 'MB at the most', value: megabytes });
    });
    return figures.rows();
  },
};

/** @param {Record<string, string>} environment @param {string | null} core */
async function verify(environment, core) {
  const node = [process.execPath, projectFile('dist/cli/audit-verify.js')];
  const [command = '', ...rest] = core === null ? node : ['taskset', '--cpu-list', core, ...node];
  const began = performance.now();
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: 'ignore',
  });
  let megabytes = 0;
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, residentMegabytes(child.pid ?? 0));
  }, LOOK_MS);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) throw new Error(`audit:verify ended with ${String(code)}.`);
  return { seconds: (performance.now() - began) / 1_000, megabytes };
}
