import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { Client } from './client.mjs';
import { ServerProcess } from './server-process.mjs';
import { startStandIn } from './stand-in/stand-in.mjs';

const random = () => randomBytes(18).toString('hex');

/** A key for each service, made up, of the shape of a real one. @returns {Record<string, string>} */
export const makeUpKeys = () => ({
  OPENAI: `sk-proj-${random()}`,
  ANTHROPIC: `sk-ant-api03-${random()}`,
  GOOGLE: `AIzaSy${random()}`,
  OPENROUTER: `sk-or-v1-${random()}`,
  GROQ: `gsk_${random()}`,
  XAI: `xai-${random()}`,
  DEEPSEEK: `sk-${random()}`,
  MISTRAL: random(),
  CUSTOM: `local-${random()}`,
  FIRECRAWL: `fc-${random()}`,
  BRAVE: `BSA${random()}`,
  TAVILY: `tvly-${random()}`,
  SERPER: random(),
});

/** What Alice calls the endpoint of her own. */
export const ENDPOINT_NAME = 'home';

/** What the steps work with: the real server, a stand-in for the services, and Alice with her made-up keys. */
export class Demo {
  keys = makeUpKeys();
  token = '';
  dataDir = '';
  stopping = false;

  #secrets = { ENCRYPTION_KEY: randomBytes(32).toString('hex'), AUTH_JWT_SECRET: random() };
  /** @type {import('./stand-in/stand-in.mjs').StandIn | null} */
  #standIn = null;
  /** @type {ServerProcess | null} */
  #server = null;

  async start() {
    this.dataDir = mkdtempSync(join(tmpdir(), 'keystream-demo-'));
    this.#standIn = await startStandIn({ pace: 10 });
    for (const [provider, key] of Object.entries(this.keys)) this.#standIn.acceptKey(provider, key);
    this.token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('alice')
      .setExpirationTime('12h')
      .sign(new TextEncoder().encode(this.#secrets.AUTH_JWT_SECRET));
    await this.startServer();
  }

  async startServer() {
    // What is started now would outlive the demo.
    if (this.stopping) throw new Error('The demo is stopping.');
    this.#server = new ServerProcess({
      PORT: '0',
      DATA_DIR: this.dataDir,
      ...this.#secrets,
      // The stand-in, which plays Alice's endpoint too, is on this machine: no real server lets its users name that.
      CUSTOM_ENDPOINTS: 'any',
      ...this.standIn.environment(),
    });
    await this.#server.listening();
  }

  /** Leaves the database's folder to whoever wants to look inside: one process at a time may have it open. */
  async stopServer() {
    await this.#server?.stop();
  }

  /** Leaves nothing behind, from wherever the demo has got to. */
  async stop() {
    this.stopping = true;
    await this.#server?.kill();
    await this.#standIn?.stop();
    // In one go: a step that reads the database would write to the folder in between.
    if (this.dataDir) rmSync(this.dataDir, { recursive: true, force: true });
  }

  get standIn() {
    if (!this.#standIn) throw new Error('The demo has not started.');
    return this.#standIn;
  }

  /** Where Alice's own endpoint is, as `storeApiKey` takes it. */
  get endpoint() {
    return { name: ENDPOINT_NAME, baseUrl: String(this.standIn.environment().CUSTOM_BASE_URL) };
  }

  /** Where the server listens. */
  get url() {
    return this.#server?.url ?? '';
  }

  /** Alice's client. */
  get client() {
    return new Client(this.url, this.token);
  }

  /** What the server last said, for finding out what went wrong. */
  lastLogLines() {
    return this.#server?.lastLines ?? [];
  }
}
