import { runRequests } from '../load/run-requests.mjs';
import { projectFile } from '../machine/child.mjs';
import { makeUpKeys } from '../../demo/demo.mjs';
import { Figures } from '../report/figures.mjs';

const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { replacedKeyId apiKey { id maskedKey } }
}`;
const KEYS = '{ apiKeys { id provider name maskedKey status } }';
const CLIENTS = 50;
const STORED = 1_500;
const READ = 6_000;

/** @type {import('./case.mjs').Case} */
const storeKeys = {
  name: 'store-keys',
  title: `storeApiKey, ${CLIENTS} clients at once, each a user`,
  async run(bench) {
    const figures = new Figures(storeKeys.name);
    const keystream = await bench.keystream();
    const tokens = await keystream.enrol(CLIENTS);
    await bench.eachRound(async () => {
      const { perSecond, failures } = await runRequests({
        url: keystream.url,
        pid: keystream.child.pid,
        count: STORED,
        clients: CLIENTS,
        token: (client) => tokens[client] ?? '',
        body: () => ({
          query: STORE,
          variables: { input: { provider: 'OPENAI', apiKey: makeUpKeys().OPENAI } },
        }),
      });
      figures.add({ subject: 'Keystream', measure: 'a second', value: perSecond, goal: '500, none failed' });
      figures.count('Keystream', STORED, failures);
    });
    await keystream.child.stop();
    return figures.rows();
  },
};

/** @type {import('./case.mjs').Case} */
const readKeys = {
  name: 'api-keys',
  title: `apiKeys, ${CLIENTS} clients at once, against a bare Fastify and Apollo that answer a constant`,
  async run(bench) {
    const figures = new Figures(readKeys.name);
    const apollo = await bench.startOnServerCore(projectFile('bench/peers/plain-apollo.mjs'));
    const keystream = await bench.keystream();
    const tokens = await keystream.enrol(CLIENTS);
    const load = {
      count: READ,
      clients: CLIENTS,
      token: (/** @type {number} */ client) => tokens[client] ?? '',
      body: () => ({ query: KEYS }),
    };
    await bench.eachRound(async () => {
      const bare = await runRequests({ ...load, url: `${apollo.url}/graphql`, pid: apollo.pid });
      const ours = await runRequests({ ...load, url: keystream.url, pid: keystream.child.pid });
      const measure = 'a second';
      figures.add({ subject: 'bare Apollo', measure, value: bare.perSecond });
      figures.add({
        subject: 'Keystream',
        measure,
        value: ours.perSecond,
        reference: bare.perSecond,
        goal: '≥ 0.7 × bare Apollo',
      });
      figures.count('Keystream', READ, ours.failures);
    });
    await Promise.all([apollo.stop('SIGKILL'), keystream.child.stop()]);
    return figures.rows();
  },
};

export const requestCases = [storeKeys, readKeys];
