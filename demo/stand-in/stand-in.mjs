import { once as eventOf } from 'node:events';
import { createServer } from 'node:http';
import { Exchange } from './exchange.mjs';
import { services as allServices } from './services.mjs';
import { createTools } from './tools.mjs';

/**
 * @typedef {import('./service.mjs').Service} Service
 * @typedef {import('./behaviours.mjs').Behaviour} Behaviour
 *
 * @typedef {object} StandInOptions
 * @property {number} [port] 0, the default, picks a free one.
 * @property {Record<string, readonly string[]>} [keys] The keys to accept at first, by provider id.
 * @property {number} [pace] Milliseconds between two deltas of a default answer.
 * @property {readonly Service[]} [services]
 */

/** A made-up key that ends like this is refused, so that what a refusal looks like can be seen. */
export const REFUSED_ENDING = 'refused';

/**
 * Starts a local stand-in for every service that Keystream talks to. It speaks their wire formats, refuses every key
 * that it was not told to accept (and echoes it, as the real ones do), and keeps what it was sent.
 *
 * @param {StandInOptions} [options]
 */
export async function startStandIn(options = {}) {
  const standIn = new StandIn(options);
  await standIn.listen(options.port ?? 0);
  return standIn;
}

export class StandIn {
  /** Every request so far, oldest first. @type {Exchange[]} */
  requests = [];

  #services;
  #server;
  #pace;
  #url = '';
  /** @type {Map<string, Set<string>>} */
  #keys = new Map();
  /** @type {Map<string, Set<string>>} */
  #revoked = new Map();
  #acceptsMadeUpKeys = false;
  /** @type {Queues<Behaviour>} */
  #scripts = new Queues();
  /** @type {Queues<(exchange: Exchange) => void>} */
  #waiting = new Queues();

  /** @param {StandInOptions} options */
  constructor({ keys = {}, pace = 5, services = allServices }) {
    this.#services = services;
    this.#pace = pace;
    for (const [provider, accepted] of Object.entries(keys)) this.#keys.set(provider, new Set(accepted));
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  /** @param {number} port */
  async listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await eventOf(this.#server, 'listening');
    const address = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    this.#url = `http://127.0.0.1:${address.port}`;
  }

  /** Where it listens, without a trailing slash. */
  get url() {
    return this.#url;
  }

  /** The environment variables that point Keystream at this stand-in. */
  environment() {
    const variables = this.#services.flatMap(({ endpoints }) => Object.entries(endpoints));
    return Object.fromEntries(variables.map(([variable, path]) => [variable, this.#url + path]));
  }

  /** @param {string} provider @param {string} key */
  acceptKey(provider, key) {
    addTo(this.#keys, provider, key);
    this.#revoked.get(provider)?.delete(key);
  }

  /** @param {string} provider @param {string} key */
  revokeKey(provider, key) {
    addTo(this.#revoked, provider, key);
    this.#keys.get(provider)?.delete(key);
  }

  /**
   * Accepts, from now on, every key of its service's shape, for people who try things out: but for those that were
   * revoked, and those that end in {@link REFUSED_ENDING}.
   */
  acceptMadeUpKeys() {
    this.#acceptsMadeUpKeys = true;
  }

  /**
   * Scripts the answer to the provider's next request, whatever its key. Scripts are used up in their order.
   *
   * @param {string} provider
   * @param {Behaviour} behaviour
   */
  once(provider, behaviour) {
    this.#scripts.push(provider, behaviour);
  }

  /**
   * The next request to a provider from now on, as soon as its body is there. Call it before what makes the request.
   *
   * @param {string} provider
   * @returns {Promise<Exchange>}
   */
  nextRequest(provider) {
    return new Promise((resolve) => this.#waiting.push(provider, resolve));
  }

  /** Back to the beginning: no request seen, no key accepted, no answer scripted. */
  forget() {
    this.requests = [];
    this.#keys.clear();
    this.#revoked.clear();
    this.#acceptsMadeUpKeys = false;
    this.#scripts = new Queues();
    this.#waiting = new Queues();
  }

  /** Requests that are neither answered to the end nor given up. */
  get openStreams() {
    return this.requests.filter(({ isOpen }) => isOpen).length;
  }

  /** Cuts every connection and stops listening. */
  async stop() {
    const closed = eventOf(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #receive(request, response) {
    const url = request.url ?? '/';
    const [service, prefix] = this.#serviceOf(url);
    if (!service) return void response.writeHead(404).end();
    const exchange = new Exchange(service.provider, url.slice(prefix.length), request, response);
    if (!(await exchange.readBody())) return;
    exchange.key = service.keyOf(exchange);
    this.requests.push(exchange);
    this.#waiting.shift(service.provider)?.(exchange);
    const behaviour = this.#scripts.shift(service.provider) ?? this.#usualBehaviour(service, exchange);
    try {
      await behaviour(exchange, createTools(exchange, this.#pace));
    } catch (error) {
      // A request that the service's module cannot read is the sender's fault, and must show there.
      exchange.reply({ status: 500, body: { standIn: String(error) } });
    }
  }

  /** @param {Service} service @param {Exchange} exchange @returns {Behaviour} */
  #usualBehaviour(service, { key }) {
    return key !== null && this.#accepts(service, key) ? service.answer : service.refuse;
  }

  /** @param {Service} service @param {string} key */
  #accepts({ provider, keyShape }, key) {
    if (this.#keys.get(provider)?.has(key)) return true;
    if (!this.#acceptsMadeUpKeys || this.#revoked.get(provider)?.has(key)) return false;
    return keyShape.test(key) && !key.endsWith(REFUSED_ENDING);
  }

  /** @param {string} url @returns {[Service, string] | [null, '']} */
  #serviceOf(url) {
    for (const service of this.#services) {
      const prefix = Object.values(service.endpoints).find((path) => url.startsWith(`${path}/`));
      if (prefix) return [service, prefix];
    }
    return [null, ''];
  }
}

/** @param {Map<string, Set<string>>} keys @param {string} provider @param {string} key */
function addTo(keys, provider, key) {
  keys.set(provider, (keys.get(provider) ?? new Set()).add(key));
}

/** First in, first out, for each provider. @template Item */
class Queues {
  /** @type {Map<string, Item[]>} */
  #queues = new Map();

  /** @param {string} provider @param {Item} item */
  push(provider, item) {
    this.#queues.set(provider, [...(this.#queues.get(provider) ?? []), item]);
  }

  /** @param {string} provider @returns {Item | undefined} */
  shift(provider) {
    return this.#queues.get(provider)?.shift();
  }
}
