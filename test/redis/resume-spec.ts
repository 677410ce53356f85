import { describeSurvival } from '../support/survival-cases.js';
import { useTwoServers } from '../support/two-servers.js';
import { emptyServer } from '../support/use-test-server.js';

describe('a chat on two servers', () => {
  const servers = useTwoServers({ CHAT_DISCONNECT_GRACE_MS: '20000' });
  beforeEach(() => emptyServer(servers().here));

  describeSurvival(servers);
});
