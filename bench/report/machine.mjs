import { cpus, loadavg } from 'node:os';

/** What else the machine had to do, before the bench did anything. */
const [loadBefore = 0] = loadavg();

/** Where the figures come from, in one line. @param {import('../bench.mjs').Bench} bench */
export function describeMachine({ cores, settings, isEmbedded }) {
  const processors = cpus();
  const services = [isEmbedded ? 'embedded database' : 'PostgreSQL', ...(settings.redisUrl ? ['Redis'] : [])];
  return [
    `${processors.length} × ${processors[0]?.model.trim() || 'processor'}`,
    `Node ${process.versions.node}`,
    cores.server === null
      ? 'server and load on the same processors'
      : `server on core ${cores.server}, load on ${cores.load}`,
    `${services.join(' and ')} beside them`,
    `load average ${loadBefore.toFixed(1)} before it began`,
  ].join('; ');
}
