import { Agent, request } from 'undici';
import { processorMs } from '../machine/processor-time.mjs';
import { countCodes, quantile } from '../report/statistics.mjs';
import { repeat } from './run-load.mjs';

/**
 * @typedef {object} Requests
 * @property {string} url
 * @property {number} pid
 * @property {number} count
 * @property {number} clients at once, each on a connection of its own
 * @property {(client: number) => string} token
 * @property {(client: number) => { query: string, variables?: Record<string, unknown> }} body
 */

/** @param {Requests} requests */
export async function runRequests({ url, pid, count, clients, token, body }) {
  const agent = new Agent({ connections: clients });
  const one = async (/** @type {number} */ client) => {
    const began = performance.now();
    const response = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token(client)}` },
      body: JSON.stringify(body(client)),
    });
    const { errors } = /** @type {{ errors?: { extensions?: { code?: string } }[] }} */ (
      await response.body.json()
    );
    const code = errors ? (errors[0]?.extensions?.code ?? 'ERROR') : null;
    return { code, tookMs: performance.now() - began };
  };
  const usedBefore = processorMs(pid);
  const began = performance.now();
  const answers = await repeat(count, clients, one);
  const seconds = (performance.now() - began) / 1_000;
  const used = processorMs(pid) - usedBefore;
  await agent.close();
  const good = answers.filter(({ code }) => code === null);
  return {
    perSecond: good.length / seconds,
    processorMsEach: used / good.length,
    medianMs: quantile(
      good.map(({ tookMs }) => tookMs),
      0.5,
    ),
    failures: countCodes(answers),
  };
}
