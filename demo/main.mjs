// The main job, end to end: `npm run demo`. With --keep the server stays up, to be tried in a browser.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { Client } from './client.mjs';
import { fail, say, succeed } from './screen.mjs';
import { startServer } from './server.mjs';
import { startStandIn } from './stand-in/stand-in.mjs';
import { rotateKey, searchWeb, showAudit, showDatabase, storeKeys, streamChat } from './steps.mjs';

const random = () => randomBytes(18).toString('hex');
const keys = {
  OPENAI: `sk-proj-${random()}`,
  ANTHROPIC: `sk-ant-api03-${random()}`,
  GOOGLE: `AIzaSy${random()}`,
  FIRECRAWL: `fc-${random()}`,
  BRAVE: `BSA${random()}`,
  TAVILY: `tvly-${random()}`,
  SERPER: random(),
};

const dataDir = await mkdtemp(join(tmpdir(), 'keystream-demo-'));
const secret = random();
const standIn = await startStandIn({ pace: 25 });
for (const [provider, key] of Object.entries(keys)) standIn.acceptKey(provider, key);
const environment = {
  NODE_ENV: 'development',
  PORT: '0',
  DATA_DIR: dataDir,
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  AUTH_JWT_SECRET: secret,
  ...standIn.environment(),
};
let server = await startServer(environment);

/** Leaves nothing behind, also after Ctrl-C. */
async function cleanUp() {
  await server.stop();
  await standIn.stop();
  await rm(dataDir, { recursive: true, force: true });
}
process.once('SIGINT', () => void cleanUp().then(() => process.exit(130)));

const token = await new SignJWT()
  .setProtectedHeader({ alg: 'HS256' })
  .setSubject('alice')
  .setExpirationTime('12h')
  .sign(new TextEncoder().encode(secret));

try {
  say('Keystream on an embedded database, with a local stand-in for all seven services.');
  await storeKeys(new Client(server.url, token), keys);
  await server.stop();
  await showDatabase(dataDir, keys);
  server = await startServer(environment);
  const client = new Client(server.url, token);
  for (const provider of ['OPENAI', 'ANTHROPIC', 'GOOGLE']) await streamChat(client, provider);
  await searchWeb(client);
  await rotateKey(client, standIn, keys.OPENAI, `sk-proj-${random()}`);
  await showAudit(client);
  succeed('All of it worked.');
  if (process.argv.includes('--keep')) {
    say(`Apollo Sandbox  ${server.url}/graphql`);
    say(`GraphiQL        ${server.url}/graphiql`);
    say(`Authorization   Bearer ${token}`);
    say('Ctrl-C stops it.');
  } else {
    await cleanUp();
  }
} catch (error) {
  fail(`The demo did not show what it should: ${error instanceof Error ? error.message : String(error)}`);
  await cleanUp();
  process.exitCode = 1;
}
