import { jest } from '@jest/globals';
import { Subscriptions } from '../../src/graphql/every-door/subscriptions.js';
import { doors } from '../support/doors.js';
import { useTestServer } from '../support/use-test-server.js';

describe('a running server', () => {
  const server = useTestServer();
  afterEach(() => jest.restoreAllMocks());

  it.each(doors)('writes the events of a chat over $name without the standard executor', async (door) => {
    // Over HTTP: Apollo has answered on the same schema before.
    await server().storeKey('alice', 'OPENAI', 'sk-key-of-alice-0123456789');
    const execute = jest.spyOn(Subscriptions.prototype as never, 'execute' as never);
    const events = await server().chatEvents('alice', { provider: 'OPENAI' }, door);
    expect(events.map(({ __typename }) => __typename)).toEqual(
      expect.arrayContaining(['ChatStarted', 'TextDelta', 'ChatCompleted']),
    );
    expect(execute).not.toHaveBeenCalled();
  });
});
