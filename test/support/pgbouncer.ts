import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const executablePath = process.env.PGBOUNCER_PATH ?? '/usr/sbin/pgbouncer';

/**
 * A suite that needs PgBouncer: run where it is installed (PGBOUNCER_PATH names it where it is elsewhere). With
 * REQUIRE_PGBOUNCER=1, as in CI, a missing PgBouncer is a failure.
 */
export const describeWithPgBouncer =
  existsSync(executablePath) || process.env.REQUIRE_PGBOUNCER === '1' ? describe : describe.skip;

/** A PgBouncer in transaction mode before the server of TEST_DATABASE_URL, with fewer sessions there than clients here. */
export class PgBouncer {
  #process: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @param settings lines of its section [pgbouncer], beside what every test needs */
  static async start(settings = ''): Promise<PgBouncer> {
    const folder = await mkdtemp(join(tmpdir(), 'keystream-pgbouncer-'));
    const port = await freePort();
    const { hostname, port: serverPort, username, password } = new URL(process.env.TEST_DATABASE_URL!);
    const account = [
      `user='${decodeURIComponent(username)}'`,
      ...(password === '' ? [] : [`password='${decodeURIComponent(password)}'`]),
    ].join(' ');
    await writeFile(
      join(folder, 'pgbouncer.ini'),
      `[databases]
* = host=${hostname} port=${serverPort || '5432'} ${account}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(port)}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
server_login_retry = 1
${settings}
`,
    );
    // It refuses to be root, and reads this as another user.
    await chmod(folder, 0o755);
    const bouncer = new PgBouncer(folder, port);
    await bouncer.resume();
    return bouncer;
  }

  /** The database's URL by way of the pooler, which it does not mention. */
  urlOf(url: string): string {
    const address = new URL(url);
    address.host = `127.0.0.1:${String(this.port)}`;
    return address.href;
  }

  /** The same, saying so. */
  declaredUrlOf(url: string): string {
    const address = new URL(this.urlOf(url));
    address.searchParams.set('pgbouncer', 'true');
    return address.href;
  }

  /** Starts again after {@link kill}, on the same port. */
  async resume(): Promise<void> {
    const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
    const child = spawn(executablePath, [...user, join(this.folder, 'pgbouncer.ini')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    let words = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        words += chunk.toString();
        if (words.includes('process up')) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`PgBouncer ended: ${words}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** One for as long as `work` takes. */
  static async during(settings: string, work: (bouncer: PgBouncer) => Promise<void>): Promise<void> {
    const bouncer = await PgBouncer.start(settings);
    await work(bouncer).finally(() => bouncer.stop());
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
