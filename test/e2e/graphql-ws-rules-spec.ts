import { jest } from '@jest/globals';
import { oursAsPeer, type Peer, startReference } from '../support/protocol-peers.js';
import { play } from '../support/protocol-rule.js';
import { useTestServer } from '../support/use-test-server.js';
import { connectionRules } from './graphql-ws-connection-rules.js';
import { endingRules } from './graphql-ws-ending-rules.js';
import { messageRules } from './graphql-ws-message-rules.js';
import { operationRules } from './graphql-ws-operation-rules.js';

// Every rule of https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md, asked of the protocol's own server and of
// ours. Where ours differs on purpose, its row says so, and why.
const groups = { ...connectionRules, ...messageRules, ...operationRules, ...endingRules };

describe('graphql-transport-ws', () => {
  const server = useTestServer();
  let peer: Peer;
  afterEach(async () => {
    await peer.stop();
    jest.restoreAllMocks();
  });

  describe.each(Object.entries(groups))('%s', (_, rules) => {
    it.each(rules)('there: $rule', async (rule) => {
      peer = await startReference();
      expect(await play(rule, peer)).toEqual(rule.hears);
    });

    it.each(rules)('here: $rule', async (rule) => {
      peer = oursAsPeer(server());
      expect(await play(rule, peer)).toEqual(rule.ours?.hears ?? rule.hears);
    });
  });
});
