// The main job, end to end: `npm run demo`. With --keep the server stays up afterwards, to be tried in a browser.
import { Demo } from './demo.mjs';
import { explain, fail, say, show, succeed } from './screen.mjs';
import { showAuditTrail } from './steps/audit.mjs';
import { searchInChat } from './steps/chat-search.mjs';
import { streamChats } from './steps/chats.mjs';
import { lookIntoDatabase } from './steps/database.mjs';
import { storeKeys } from './steps/keys.mjs';
import { rotateKey } from './steps/rotation.mjs';
import { searchTheWeb } from './steps/search.mjs';

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
  searchTheWeb,
  searchInChat,
  rotateKey,
  showAuditTrail,
];
/** Far more than it takes: what lasts longer hangs. */
const LIMIT_MS = 180_000;

const demo = new Demo();
for (const [signal, code] of /** @type {const} */ ([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.once(signal, () => void stop(code));
}
// Whoever read along has left (`npm run demo | head`): nobody is there to be shown anything.
process.stdout.on('error', () => {
  if (!demo.stopping) void stop(141);
});
const limit = setTimeout(
  () => void giveUp(new Error(`it took more than ${LIMIT_MS / 1000} seconds`)),
  LIMIT_MS,
);

try {
  const started = performance.now();
  await demo.start();
  say('Keystream on an embedded database, with a local stand-in for all seven services.');
  for (const step of steps) await step(demo);
  succeed(`All of it worked, in ${Math.round((performance.now() - started) / 1000)} seconds.`);
  clearTimeout(limit);
  if (keep) inviteToStay();
  else await stop(0);
} catch (error) {
  await giveUp(error);
}

function inviteToStay() {
  say('');
  show('Apollo Sandbox', `${demo.url}/graphql`);
  show('GraphiQL', `${demo.url}/graphiql`);
  show('Token', demo.token);
  say(
    "It is alice's, for 12 hours. In Sandbox it belongs into the header Authorization, after the word Bearer.",
  );
  say('Ctrl-C stops the server and deletes its database.');
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
  await demo.stop();
  process.exit(code);
}
