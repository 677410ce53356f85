import assert from 'node:assert/strict';
import { heading, show } from '../screen.mjs';

const AUDIT = `{
  auditEvents(first: 100) {
    edges { node { at kind provider outcome inputTokens outputTokens } }
  }
  usage { totals { chats searches failures unpricedChats cost { amount } } }
}`;

const SHOWN = 12;

/** What has ended. @type {Record<string, string>} */
const finished = { CHAT_FINISHED: 'chat', SEARCH_FINISHED: 'search' };

/** @param {import('../demo.mjs').Demo} demo */
export async function showAuditTrail({ client }) {
  heading('The audit trail, newest first, and what it all came to');
  const { auditEvents, usage } = await client.request(AUDIT);
  /** @type {Record<string, any>[]} */
  const events = auditEvents.edges.map((/** @type {any} */ { node }) => node);
  for (const event of events.slice(0, SHOWN)) {
    const { at, kind, provider, outcome, inputTokens, outputTokens } = event;
    const tokens = inputTokens === null ? '' : `  ${inputTokens} tokens in, ${outputTokens} out`;
    show(at.slice(11, 19), `${kind.padEnd(15)}  ${provider.padEnd(9)}  ${outcome}${tokens}`);
  }
  const kinds = new Set(events.map(({ kind }) => kind));
  for (const kind of ['KEY_REPLACED', 'KEY_STORED', 'KEY_USED', 'CHAT_FINISHED', 'SEARCH_FINISHED']) {
    assert.ok(kinds.has(kind), `${kind} is not in the trail`);
  }
  const { chats, searches, failures, unpricedChats, cost } = usage.totals;
  assert.deepEqual(
    { chats, searches, failures },
    { chats: 14, searches: 6, failures: 1 },
    'the usage is wrong',
  );
  assert.ok(Number(cost.amount) > 0, 'the chats cost nothing');
  show('cost', `$${cost.amount} at list prices, without ${unpricedChats} chats whose price nobody knows`);
  show('usage', `${chats} chats and ${searches} searches, ${failures} of which failed:`);
  const failed = events
    .filter(({ kind, outcome }) => kind in finished && outcome !== 'OK')
    .map(({ kind, provider, outcome }) => `a ${finished[kind]} with ${provider}: ${outcome}`);
  assert.deepEqual(failed, ['a chat with OPENAI: KEY_REJECTED'], 'something else failed');
  for (const failure of failed) show('', `${failure}, with the key that was revoked before she rotated it`);
}
