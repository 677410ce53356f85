import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * The processor that what is measured has to itself, as `taskset` names it; null where there is one only, or no taskset:
 * then all share, and figures are worse than they need be.
 *
 * Everything else (this process: the load; the fake providers) moves to the others. PostgreSQL and Redis run where the
 * system puts them.
 *
 * @returns {Cores}
 */
export function shareOutCores() {
  if (availableParallelism() < 2 || spawnSync('taskset', ['--version']).status !== 0)
    return { server: null, load: null };
  const [first, ...others] = allowedCores();
  if (first === undefined || others.length === 0) return { server: null, load: null };
  const cores = { server: String(first), load: others.join(',') };
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores.load, String(process.pid)], {
    stdio: 'ignore',
  });
  return cores;
}

/** @typedef {{ readonly server: string | null, readonly load: string | null }} Cores lists of processors; null: any */

/** The processors that this process may use: `pid 1's current affinity list: 0-2,5`. @returns {number[]} */
function allowedCores() {
  const said = execFileSync('taskset', ['--cpu-list', '--pid', String(process.pid)], { encoding: 'utf8' });
  const list = said.slice(said.lastIndexOf(':') + 1).trim();
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
