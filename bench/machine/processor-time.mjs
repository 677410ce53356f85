import { readFileSync } from 'node:fs';

/** `getconf CLK_TCK` of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * What a process has used of the processor, user and system, all of its threads: proc_pid_stat(5), in steps of 10 ms.
 *
 * @param {number} pid
 * @returns {number} milliseconds; NaN where the system has no /proc
 */
export function processorMs(pid) {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

/** What a process holds of the memory. @param {number} pid @returns {number} megabytes; NaN without /proc */
export function residentMegabytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1_024;
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
