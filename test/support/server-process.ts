import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import { placing } from './naming.js';
import { QUICK_START } from './quick-start.mjs';
import {
  CHAT,
  type ChatEventData,
  type GraphQLErrorBody,
  HELLO,
  JWT_SECRET,
  RawSocket,
  signToken,
} from './test-server.js';

export const ENCRYPTION_KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

const ROOT = new URL('../../', import.meta.url);
const END_WITH_PARENT = ['--import', new URL('end-with-parent.mjs', import.meta.url).href];

/** Variables of a server; undefined unsets one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a process ended, and all it said. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of the server's log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface GraphQLAnswer {
  readonly status: number;
  readonly data: Record<string, any> | null;
  readonly errors: readonly GraphQLErrorBody[];
}

/** A built script that runs as a process of its own, with no variables but those it is given. */
export class NodeProcess {
  readonly exited: Promise<ProcessExit>;
  readonly child: ChildProcess;
  protected stdout = '';
  protected stderr = '';

  /** @param script path below the project's folder, such as `dist/main.js` */
  constructor(script: string, environment: Environment, nodeArguments: readonly string[] = []) {
    const variables = Object.entries({ PATH: process.env.PATH, ...environment }).filter(
      ([, value]) => value !== undefined,
    );
    const argv = [...QUICK_START, ...END_WITH_PARENT, ...nodeArguments, fileURLToPath(new URL(script, ROOT))];
    this.child = spawn(process.execPath, argv, {
      env: Object.fromEntries(variables),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) =>
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }),
      );
    });
  }

  kill(signal: NodeJS.Signals): Promise<ProcessExit> {
    this.child.kill(signal);
    return this.exited;
  }
}

/** The built server on a free port, as an operator starts it. */
export class ServerProcess extends NodeProcess {
  #url = '';
  readonly #lines: LogLine[] = [];
  readonly #watchers = new Set<(line: LogLine) => void>();

  constructor(
    readonly environment: Environment,
    nodeArguments: readonly string[] = [],
  ) {
    super('dist/main.js', environment, nodeArguments);
    if (this.child.stdout)
      createInterface({ input: this.child.stdout }).on('line', (line) => this.#read(line));
  }

  /** Where it listens, without a trailing slash. */
  get url(): string {
    return this.#url;
  }

  /** Resolves when it listens; rejects with what it said where it stops instead. */
  async listening(): Promise<this> {
    const { msg } = await this.logged('Listening on ');
    this.#url = new URL(msg.slice(msg.indexOf('http'))).origin;
    return this;
  }

  /** The first line that holds the text, before or from now on; rejects when the process ends without it. */
  logged(text: string): Promise<LogLine> {
    const holds = ({ msg }: LogLine): boolean => msg.includes(text);
    const earlier = this.#lines.find(holds);
    if (earlier) return Promise.resolve(earlier);
    return new Promise((resolve, reject) => {
      const watch = (line: LogLine): void => {
        if (!holds(line)) return;
        this.#watchers.delete(watch);
        resolve(line);
      };
      this.#watchers.add(watch);
      void this.exited.then(({ code, stdout, stderr }) =>
        reject(
          new Error(`The server ended with ${String(code)} before it said “${text}”:\n${stdout}${stderr}`),
        ),
      );
    });
  }

  async post(userId: string, query: string, variables: Record<string, unknown> = {}): Promise<GraphQLAnswer> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken(userId)}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Partial<GraphQLAnswer>;
    return { status: response.status, data: data ?? null, errors: errors ?? [] };
  }

  /** The data of a request that must succeed. */
  async query(
    userId: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Record<string, any>> {
    const { data, errors } = await this.post(userId, query, variables);
    if (errors.length > 0 || data === null) throw new Error(`The request failed: ${JSON.stringify(errors)}`);
    return data;
  }

  /** Stores a key, and answers with its id. */
  async storeKey(userId: string, provider: string, apiKey: string): Promise<string> {
    const { storeApiKey } = await this.query(
      userId,
      'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }',
      { input: { ...placing(provider, this.environment), apiKey } },
    );
    return storeApiKey.apiKey.id as string;
  }

  /** A connection of this user's. */
  async socket(userId: string): Promise<RawSocket> {
    const socket = await RawSocket.open(`${this.#url.replace('http', 'ws')}/graphql`, {});
    await socket.init(userId);
    return socket;
  }

  /** The events of a chat on a connection of its own. */
  async chatEvents(userId: string, input: Record<string, unknown>): Promise<ChatEventData[]> {
    const socket = await this.socket(userId);
    const events: ChatEventData[] = [];
    for await (const event of chatOn(socket, input)) events.push(event);
    socket.socket.close();
    await socket.closed;
    return events;
  }

  #read(text: string): void {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as LogLine;
    this.#lines.push(line);
    for (const watch of this.#watchers) watch(line);
  }
}

/** Starts a chat on this connection when first pulled; ends with the subscription. */
export async function* chatOn(
  socket: RawSocket,
  input: Record<string, unknown>,
): AsyncGenerator<ChatEventData, void> {
  socket.subscribe('chat', CHAT, { input: { messages: HELLO, ...input } });
  for (;;) {
    const { type, payload } = await socket.next();
    if (type === 'complete') return;
    if (type !== 'next' || !payload.data) throw new Error(`The chat failed: ${JSON.stringify(payload)}`);
    yield payload.data.chat as ChatEventData;
  }
}

/** What a suite starts processes with: all that still run after a test are killed. */
export interface ProcessBench {
  /** The stand-in of the running test. */
  readonly standIn: StandIn;
  /** The variables of a server on a database, with the stand-in for its providers. */
  environment(database: Environment): Environment;
  /** Starts a server, and waits until it listens. */
  start(environment: Environment, nodeArguments?: readonly string[]): Promise<ServerProcess>;
  /** Starts a server that must not listen; resolves with what it says, rejects when it listens. */
  refusal(environment: Environment): Promise<ProcessExit>;
  /** Runs another built script to its end. */
  run(script: string, environment: Environment): Promise<ProcessExit>;
}

export function useProcesses(): ProcessBench {
  const running = new Set<NodeProcess>();
  let standIn: StandIn;
  const keep = <Kept extends NodeProcess>(kept: Kept): Kept => {
    running.add(kept);
    void kept.exited.then(() => running.delete(kept));
    return kept;
  };
  const listenToRefusal = (server: ServerProcess): Promise<ProcessExit> => {
    const listens = server.listening().then(() => {
      throw new Error('The server listens.');
    });
    return Promise.race([server.exited, listens]);
  };
  beforeEach(async () => {
    standIn = await startStandIn({ pace: 0 });
  });
  afterEach(async () => {
    await Promise.all([...running].map((each) => each.kill('SIGKILL')));
    await standIn.stop();
  });
  return {
    get standIn() {
      return standIn;
    },
    environment: (database) => ({
      NODE_ENV: 'test',
      PORT: '0',
      ENCRYPTION_KEY,
      AUTH_JWT_SECRET: JWT_SECRET,
      // The stand-in is on this machine.
      CUSTOM_ENDPOINTS: 'any',
      ...standIn.environment(),
      ...database,
    }),
    start: (environment, nodeArguments) => keep(new ServerProcess(environment, nodeArguments)).listening(),
    refusal: (environment) => listenToRefusal(keep(new ServerProcess(environment))),
    run: (script, environment) => keep(new NodeProcess(script, environment)).exited,
  };
}
