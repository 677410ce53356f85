import type { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';

/** Where no rule looks at what is written. */
export const noWatch = { see: () => undefined } as unknown as AnomalyWatch;
