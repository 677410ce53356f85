import assert from 'node:assert/strict';
import { heading, show } from '../screen.mjs';

const AUDIT = `{
  auditEvents(first: 12) {
    edges { node { at kind provider outcome inputTokens outputTokens } }
  }
  usage { totals { chats searches failures } }
}`;

/** @param {import('../demo.mjs').Demo} demo */
export async function showAuditTrail({ client }) {
  heading('The audit trail, newest first, and what it all came to');
  const { auditEvents, usage } = await client.request(AUDIT);
  for (const { node } of auditEvents.edges) {
    const { at, kind, provider, outcome, inputTokens, outputTokens } = node;
    const tokens = inputTokens === null ? '' : `  ${inputTokens} tokens in, ${outputTokens} out`;
    show(at.slice(11, 19), `${kind.padEnd(15)}  ${provider.padEnd(9)}  ${outcome}${tokens}`);
  }
  const kinds = new Set(auditEvents.edges.map((/** @type {any} */ { node }) => node.kind));
  for (const kind of ['KEY_REPLACED', 'KEY_STORED', 'KEY_USED', 'CHAT_FINISHED', 'SEARCH_FINISHED']) {
    assert.ok(kinds.has(kind), `${kind} is not in the trail`);
  }
  const { chats, searches, failures } = usage.totals;
  assert.deepEqual(
    { chats, searches, failures },
    { chats: 6, searches: 6, failures: 1 },
    'the usage is wrong',
  );
  show('usage', `${chats} chats, ${searches} searches, ${failures} of them failed`);
}
