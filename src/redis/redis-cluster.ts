import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import { PatientTimer } from '../common/patient-timer.js';
import { RedisUnavailableError } from './redis-unavailable.error.js';
import {
  CONNECT_TIMEOUT_MS,
  CONNECTION_OPTIONS,
  inTime,
  isOpen,
  pauseAfter,
  within,
} from './redis-client.js';
import { codeOf } from './redis-refusal.js';

/** How often one command follows a moved slot. */
const MAX_REDIRECTIONS = 4;

interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ClusterEvents {
  /** Every slot can be reached (again). */
  readonly onReady: () => void;
  readonly onAway: () => void;
  /** A connection cannot be made. */
  readonly onFailure: (error: Error) => void;
}

/**
 * The connections to the nodes of a Redis Cluster.
 *
 * Either all are there or none is: where one breaks, or a node does not answer in time, all are broken, and made again as
 * soon as the nodes that are left agree who has which slot, and each of these answers. So a cluster is away as one Redis
 * is, for every command and with the same events, and comes back as a whole.
 */
export class RedisCluster {
  readonly #limit = new PatientTimer(2 * CONNECT_TIMEOUT_MS, () => this.breakOff(this.#cluster));
  #cluster: Cluster | null = null;
  /** Those of the nodes that have slots; none while it is away. */
  #masters: readonly Redis[] = [];
  /** Where nodes were when it was there the last time. */
  #known: readonly Address[] = [];
  #attempts = 0;
  #pause: NodeJS.Timeout | undefined;

  /** @param node one of its nodes: how every node is connected to */
  constructor(
    private readonly node: RedisOptions,
    private readonly events: ClusterEvents,
  ) {
    this.connect();
  }

  get isReady(): boolean {
    return this.#masters.length > 0 && this.#masters.every(isOpen);
  }

  /** Where one of its nodes is that had slots the last time; another one each time. */
  anyNode(): Partial<Address> {
    return this.#known[Math.floor(Math.random() * this.#known.length)] ?? {};
  }

  /** @throws what the node answers, or RedisUnavailableError; then it is unknown whether the command took effect */
  async run<Reply>(work: (cluster: Cluster) => Promise<Reply>): Promise<Reply> {
    const cluster = this.#cluster;
    if (!cluster || !this.isReady) throw new RedisUnavailableError();
    try {
      return await within(
        () => work(cluster),
        () => this.breakOff(cluster),
      );
    } catch (error) {
      // No node has the slot, or too few nodes see each other. Not every connection shows it.
      if (codeOf(error) === 'CLUSTERDOWN') this.breakOff(cluster);
      throw error;
    }
  }

  /** An idle connection does not show that the network is gone. */
  ping(): void {
    for (const master of this.#masters) inTime(master, () => master.ping()).catch(() => undefined);
  }

  close(): void {
    const cluster = this.#cluster;
    this.#cluster = null;
    this.#masters = [];
    this.#limit.stop();
    clearTimeout(this.#pause);
    if (cluster) drop(cluster);
  }

  private connect(): void {
    const { host = 'localhost', port = 6379, username, password, tls } = this.node;
    const nodes = [{ host, port }, ...this.#known];
    const cluster = new Cluster(nodes, {
      redisOptions: { ...CONNECTION_OPTIONS, username, password, tls },
      // A new one is made instead: see above.
      clusterRetryStrategy: () => null,
      enableOfflineQueue: false,
      maxRedirections: MAX_REDIRECTIONS,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
      // Certificates are for names.
      dnsLookup: (name, done) => done(null, name),
    });
    this.#cluster = cluster;
    this.#limit.restart();
    for (const event of ['error', 'node error']) cluster.on(event, this.events.onFailure);
    cluster.on('+node', (node: Redis) => {
      node.on('close', () => {
        if (this.#masters.length > 0) this.breakOff(cluster);
      });
    });
    cluster.on('ready', () => void this.reachAll(cluster));
    cluster.on('end', () => this.breakOff(cluster));
  }

  /** The package connects to a node when it has a command for it: that must not be the first to find that it is gone. */
  private async reachAll(cluster: Cluster): Promise<void> {
    const masters = cluster.nodes('master');
    try {
      await Promise.all(masters.map((master) => master.ping()));
    } catch {
      this.breakOff(cluster);
    }
    if (cluster !== this.#cluster) return;
    this.#limit.stop();
    this.#attempts = 0;
    this.#masters = masters;
    this.#known = masters.map(({ options: { host = '', port = 0 } }) => ({ host, port }));
    this.events.onReady();
  }

  private breakOff(cluster: Cluster | null): void {
    if (cluster === null || cluster !== this.#cluster) return;
    this.close();
    this.events.onAway();
    this.#pause = setTimeout(() => this.connect(), pauseAfter(this.#attempts)).unref();
    this.#attempts += 1;
  }
}

/** Ends every connection at once: commands that are on their way fail. */
function drop(cluster: Cluster): void {
  for (const node of cluster.nodes()) if (node.status !== 'wait') node.stream.destroy();
  cluster.disconnect();
}
