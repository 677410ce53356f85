// The main job, end to end: `npm run demo`. With --keep the server stays up afterwards, to be tried in a browser.
import { buildIfNeeded } from '../scripts/build-if-needed.mjs';
import { Demo } from './demo.mjs';
import { inviteToStay } from './invitation.mjs';
import { explain, fail, say, succeed } from './screen.mjs';
import { serverEntry } from './server-process.mjs';
import { showAuditTrail } from './steps/audit.mjs';
import { searchInChat } from './steps/chat-search.mjs';
import { streamChats, streamFromEndpoint } from './steps/chats.mjs';
import { showImages } from './steps/content.mjs';
import { lookIntoDatabase } from './steps/database.mjs';
import { storeKeys } from './steps/keys.mjs';
import { rotateKey } from './steps/rotation.mjs';
import { answerBySchema } from './steps/schema.mjs';
import { searchTheWeb } from './steps/search.mjs';
import { callTools } from './steps/tools.mjs';

// Before anything of it is imported: a fresh clone has no build.
buildIfNeeded(serverEntry, 2);
/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(new URL('../dist/cli/run-command.js', import.meta.url).href);
const { keep } = readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm run demo [-- --keep]',
    does: 'Shows the main job, end to end, on an embedded database with a local stand-in for all services.',
    options: { '--keep': 'let the server run afterwards, to be tried in a browser' },
  },
  { keep: { type: 'boolean' } },
);

const steps = [
  storeKeys,
  lookIntoDatabase,
  streamChats,
  streamFromEndpoint,
  searchTheWeb,
  searchInChat,
  callTools,
  showImages,
  answerBySchema,
  rotateKey,
  showAuditTrail,
];
/** Far more than it takes: what lasts longer hangs. */
const LIMIT_MS = 600_000;

const demo = new Demo();
for (const [signal, code] of /** @type {const} */ ([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  // Ctrl-C comes from the terminal and once more from npm: the second must not end what the first began.
  process.on(signal, () => void stop(code));
}
// Whoever read along has left (`npm run demo | head`): nobody is there to be shown anything.
process.stdout.on('error', () => void stop(141));
const limit = setTimeout(
  () => void giveUp(new Error(`it took more than ${LIMIT_MS / 1000} seconds`)),
  LIMIT_MS,
);

try {
  const started = performance.now();
  await demo.start();
  say('Keystream on an embedded database, with a local stand-in for all services.');
  for (const step of steps) await step(demo);
  succeed(`All of it worked, in ${Math.round((performance.now() - started) / 1000)} seconds.`);
  clearTimeout(limit);
  if (keep) inviteToStay(demo);
  else await stop(0);
} catch (error) {
  await giveUp(error);
}

/** @param {unknown} error */
async function giveUp(error) {
  // After Ctrl-C, everything that was under way fails.
  if (demo.stopping) return;
  fail(`The demo did not show what it should: ${error instanceof Error ? error.message : String(error)}`);
  for (const line of demo.lastLogLines()) explain(line);
  await stop(1);
}

/** @param {number} code */
async function stop(code) {
  if (demo.stopping) return;
  await demo.stop();
  process.exit(code);
}
