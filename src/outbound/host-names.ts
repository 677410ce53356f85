import { lookup, Resolver } from 'node:dns/promises';
import AsyncLock from 'async-lock';
import { PatientTimer } from '../common/patient-timer.js';

/** How long all questions about a name may take together, in milliseconds. */
const LONGEST_MS = 4_000;
/** How long a server may take to answer one, and how often it is asked. */
const QUESTION = { timeout: 1_500, tries: 2 };
/** How many names may wait for the system's turn. */
const MAX_WAITING = 50;

/** A name that leads nowhere, or of which nothing was heard in time. */
export class NameError extends Error {
  /** For the log, in the place of the operating system's. */
  readonly code = 'NAME_NOT_RESOLVED';
}

/** Says where names lead. */
export abstract class HostNames {
  /** @returns every address that is known of it, at least one @throws NameError */
  abstract addressesOf(name: string): Promise<readonly string[]>;
}

/**
 * Asks DNS, and nothing else: no file of this machine, no search domains.
 *
 * It does not take the system's function, whose questions wait in threads that files and the names of providers need, too:
 * who owns a name decides how long its servers are silent.
 */
export class DnsNames extends HostNames {
  /** @param servers `address:port` of those to ask; without them the system's */
  constructor(
    private readonly servers: readonly string[] | null = null,
    private readonly longestMs = LONGEST_MS,
  ) {
    super();
  }

  async addressesOf(name: string): Promise<readonly string[]> {
    const resolver = new Resolver(QUESTION);
    if (this.servers) resolver.setServers(this.servers);
    const timer = new PatientTimer(this.longestMs, () => resolver.cancel());
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (addresses.length === 0) throw new NameError();
      return addresses;
    } finally {
      timer.stop();
    }
  }
}

/** Asks DNS, then the system, which knows names of this machine and of its network. One at a time, so that one thread of it is enough. */
export class NetworkNames extends HostNames {
  readonly #lock = new AsyncLock({ maxPending: MAX_WAITING, timeout: LONGEST_MS });

  constructor(private readonly dns: HostNames = new DnsNames()) {
    super();
  }

  async addressesOf(name: string): Promise<readonly string[]> {
    try {
      return await this.dns.addressesOf(name);
    } catch (error) {
      if (!(error instanceof NameError)) throw error;
    }
    const [found] = await this.#lock
      .acquire('system', () => Promise.allSettled([lookup(name, { all: true })]))
      .catch(() => [null]);
    if (found?.status !== 'fulfilled') throw new NameError();
    return found.value.map(({ address }) => address);
  }
}
