import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { redisName } from './run-names.js';

const SLOTS = 16_384;
/** Ports of the nodes' own bus are as far above those of their clients. */
const BUS_OFFSET = 10_000;
/** After so long without a word a node takes another for gone, in milliseconds. */
const NODE_TIMEOUT_MS = 1_000;

interface Node {
  readonly folder: string;
  readonly port: number;
  readonly redis: Redis;
  child: ChildProcess;
}

/** A Redis Cluster of three nodes on this machine, each with a third of the slots, that nobody else uses. */
export class TestCluster {
  private constructor(private readonly nodes: readonly Node[]) {}

  static async start(): Promise<TestCluster> {
    const nodes: Node[] = [];
    for (let count = 0; count < 3; count += 1) nodes.push(await startNode());
    const [first, ...others] = nodes as [Node, ...Node[]];
    for (const [index, { redis }] of nodes.entries()) {
      const from = Math.ceil((SLOTS * index) / nodes.length);
      const to = Math.ceil((SLOTS * (index + 1)) / nodes.length) - 1;
      await redis.cluster('ADDSLOTSRANGE', from, to);
      await redis.cluster('SET-CONFIG-EPOCH', index + 1);
    }
    for (const { port } of others) await first.redis.cluster('MEET', '127.0.0.1', port);
    const cluster = new TestCluster(nodes);
    await cluster.untilOk();
    return cluster;
  }

  /** The variables that point a server at one of its nodes, under names that no other test has. */
  environment(index = 0): Readonly<Record<string, string>> {
    return {
      REDIS_URL: `redis://127.0.0.1:${String(this.nodes[index]!.port)}`,
      ENVIRONMENT_NAME: redisName(),
    };
  }

  /** Every key of the cluster's. */
  async keys(): Promise<string[]> {
    return (await Promise.all(this.nodes.map(({ redis }) => redis.keys('*')))).flat();
  }

  /** How many keys each node has. */
  sizes(): Promise<number[]> {
    return Promise.all(this.nodes.map(({ redis }) => redis.dbsize()));
  }

  /** A node stops answering, and its connections stay. */
  hang(index: number): void {
    this.nodes[index]!.child.kill('SIGSTOP');
  }

  async resume(index: number): Promise<void> {
    this.nodes[index]!.child.kill('SIGCONT');
    await this.untilOk();
  }

  /** A node is gone, with what it had in memory. */
  async kill(index: number): Promise<void> {
    const { child } = this.nodes[index]!;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** It starts again, without its memory. */
  async restart(index: number): Promise<void> {
    const node = this.nodes[index]!;
    node.child = spawnNode(node);
    await this.untilOk();
  }

  async stop(): Promise<void> {
    for (const { redis } of this.nodes) redis.disconnect();
    for (const [index, { child, folder }] of this.nodes.entries()) {
      if (child.exitCode === null && child.signalCode === null) await this.kill(index);
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Every node knows every slot's, and that they can be reached. */
  private async untilOk(): Promise<void> {
    for (const { redis } of this.nodes) {
      let info = '';
      while (!/^cluster_state:ok/m.test(info) || !/^cluster_slots_ok:16384/m.test(info)) {
        info = await redis.cluster('INFO').catch(() => '');
      }
    }
  }
}

async function startNode(): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), 'keystream-redis-'));
  const port = await freePort();
  const child = spawnNode({ folder, port });
  // What it is asked before it listens, or while it is away, waits.
  const redis = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  return { folder, port, redis, child };
}

function spawnNode({ folder, port }: Pick<Node, 'folder' | 'port'>): ChildProcess {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'cluster-enabled': 'yes',
    'cluster-node-timeout': String(NODE_TIMEOUT_MS),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn('redis-server', options, { stdio: 'ignore' });
}

/** A free port, of which the bus's is one, too. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    if (port + BUS_OFFSET < 65_536) return port;
  }
}
