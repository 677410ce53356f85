import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import { ENCRYPTION_KEY, type Environment, ServerProcess } from '../support/server-process.js';
import { JWT_SECRET } from '../support/test-server.js';
import { type ChaosUpstream, serviceAt, type UpstreamSeat } from './chaos-upstream.js';

export const KEY = 'key-for-chaos-0123456789';

/** Short, so that a stalled upstream ends within a test; longer than a server hangs, which blames its upstream else. */
const SILENCE_MS = '10000';

/** One of the two servers: a process that is killed and started again, with an upstream that knows which one asks. */
export class ChaosServer {
  #process: ServerProcess;
  /** Names the process that runs now among all that have run. */
  incarnation: string;

  private constructor(
    private readonly seat: UpstreamSeat,
    readonly name: string,
    readonly standIn: StandIn,
    private readonly environment: Environment,
  ) {
    this.incarnation = `${name}0`;
    this.#process = this.#spawn();
  }

  static async start(name: string, environment: Environment): Promise<ChaosServer> {
    const seat: UpstreamSeat = { upstream: null };
    const standIn = await startStandIn({ services: [serviceAt(seat)], keys: { OPENAI: [KEY] } });
    const server = new ChaosServer(seat, name, standIn, environment);
    await server.process.listening();
    return server;
  }

  /** What its requests meet from now on. */
  play(upstream: ChaosUpstream): void {
    this.seat.upstream = upstream;
    this.standIn.requests = [];
  }

  get process(): ServerProcess {
    return this.#process;
  }

  /** Where it listens, or listened when it was alive. */
  get url(): string {
    return this.#process.url;
  }

  /** Ends the process with a signal, and starts another one on the same database and Redis. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.incarnation = `${this.name}${String(Number(this.incarnation.slice(this.name.length)) + 1)}`;
    await this.#process.kill(signal);
    const successor = this.#spawn();
    await successor.listening();
    this.#process = successor;
  }

  /** Stops the process where it is, and lets it go on. */
  async hang(until: () => Promise<unknown>): Promise<void> {
    this.#process.child.kill('SIGSTOP');
    await until().finally(() => this.#process.child.kill('SIGCONT'));
  }

  async stop(): Promise<void> {
    await this.#process.kill('SIGKILL');
    await this.standIn.stop();
  }

  #spawn(): ServerProcess {
    const { OPENAI_BASE_URL } = this.standIn.environment();
    return new ServerProcess({
      NODE_ENV: 'test',
      PORT: '0',
      ENCRYPTION_KEY,
      AUTH_JWT_SECRET: JWT_SECRET,
      CHAT_FIRST_BYTE_TIMEOUT_MS: SILENCE_MS,
      CHAT_IDLE_TIMEOUT_MS: SILENCE_MS,
      OPENAI_BASE_URL: `${OPENAI_BASE_URL}/${this.incarnation}`,
      ...this.environment,
    });
  }
}
