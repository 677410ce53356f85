import { describeSurvival } from '../support/survival-cases.js';
import { useTestServer } from '../support/use-test-server.js';

describe('a chat on one server', () => {
  const server = useTestServer({ CHAT_DISCONNECT_GRACE_MS: '20000' });
  describeSurvival(() => ({ here: server(), there: server() }));
});
