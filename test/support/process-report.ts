import { once } from 'node:events';
import type { ServerProcess } from './server-process.js';

/** Arguments of a server that can be asked by {@link reportOf}. */
export const CAN_REPORT = ['--import', new URL('delays-on-message.mjs', import.meta.url).href];

/** What a server says of itself. */
export interface ProcessReport {
  /**
   * How long it computed at the most without a turn of its event loop, since it was asked the last time, in milliseconds
   * of the processor: as many on a machine that is busy with other things.
   */
  readonly longestMs: number;
  readonly residentBytes: number;
}

export async function reportOf({ child }: ServerProcess): Promise<ProcessReport> {
  const reported = once(child, 'message');
  child.send('report');
  const [report] = (await reported) as [ProcessReport];
  return report;
}
