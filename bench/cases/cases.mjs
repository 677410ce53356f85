import { auditVerify } from './audit-verify.mjs';
import { atOnceCases } from './at-once.mjs';
import { history } from './history.mjs';
import { install } from './install.mjs';
import { largeEvent } from './large-event.mjs';
import { openStreams } from './open-streams.mjs';
import { providers } from './providers.mjs';
import { requestCases } from './requests.mjs';
import { start } from './start.mjs';
import { streamingCases } from './streaming.mjs';
import { throughput } from './throughput.mjs';
import { twoServers } from './two-servers.mjs';

/** All that can be measured, in the order in which it is. @type {import('./case.mjs').Case[]} */
export const cases = [
  ...streamingCases,
  providers,
  throughput,
  twoServers,
  ...atOnceCases,
  openStreams,
  ...requestCases,
  largeEvent,
  start,
  history,
  auditVerify,
  install,
];
