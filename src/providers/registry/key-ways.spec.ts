import { EndpointAddress } from '../../common/endpoint-address.js';
import type { OpenedKey } from '../../common/opened-key.js';
import { Secret } from '../../common/secret.js';
import type { KeyChecker } from '../../outbound/key-check.js';
import { ChatAdapters } from '../chat/chat-adapters.js';
import type { ChatAdapter } from '../chat/contract.js';
import { registry } from './registry.js';

const addresses = ['https://one.example/v1', 'https://two.example/v1'].map((text) =>
  EndpointAddress.read(text),
);
const never = new AbortController().signal;
const request = { model: 'model', messages: [] };

/** What was sent, and where. */
let sent: string[];
beforeEach(() => (sent = []));

/** An adapter that notes where it leads, and which key it was given. */
const leadingTo = (place: string): ChatAdapter & KeyChecker => ({
  stream: (_request, key) => {
    sent.push(`${key.reveal()} to ${place}`);
    return Promise.resolve();
  },
  check: (key) => {
    sent.push(`${key.reveal()} tried at ${place}`);
    return Promise.resolve({ health: null, reason: '', outcome: 'OK' });
  },
});

describe('the way of a key', () => {
  const chat = registry.filter((entry) => entry.kind === 'CHAT');
  const adapters = new ChatAdapters(
    new Map(chat.filter(({ environment }) => environment !== null).map(({ id }) => [id, leadingTo(id)])),
    new Map(
      chat
        .filter(({ environment }) => environment === null)
        .map(({ id }) => [id, (address: EndpointAddress) => leadingTo(address.baseUrl)]),
    ),
  );

  const combinations = chat.flatMap(({ id, environment }) =>
    (['USER', 'SERVER'] as const).flatMap((source) =>
      [null, ...addresses].map((endpoint) => ({
        ...{ id, source, endpoint, place: endpoint?.baseUrl ?? 'no address' },
        expected: (environment === null) === (endpoint !== null) ? (endpoint?.baseUrl ?? id) : null,
      })),
    ),
  );

  it.each(combinations)(
    'leads from a key of $source for $id with $place to its own address, or nowhere',
    async ({ id, source, endpoint, expected }) => {
      const secret = Secret.fromText(`the key of ${source}`);
      const base = { provider: id, secret };
      const key: OpenedKey | null =
        endpoint === null
          ? { ...base, source, endpoint }
          : source === 'USER'
            ? { ...base, source, endpoint }
            : // There is no such key: the next test.
              null;
      if (key === null) return;
      if (expected === null) {
        expect(() => adapters.for(key)).toThrow('There is no chat adapter');
        return;
      }
      const way = adapters.for(key);
      await way.stream(request, never, () => undefined);
      await way.check(never);
      expect(sent).toEqual([
        `the key of ${source} to ${expected}`,
        `the key of ${source} tried at ${expected}`,
      ]);
    },
  );

  it('does not compile for a key of the server with the address of a user', () => {
    const secret = Secret.fromText('the key of the server');
    const [endpoint] = addresses as [EndpointAddress];
    // @ts-expect-error Only a user's own key has an address.
    const key: OpenedKey = { provider: 'CUSTOM', source: 'SERVER', secret, endpoint };
    // @ts-expect-error An address is no text: it was looked at.
    const other: OpenedKey = { provider: 'CUSTOM', source: 'USER', secret, endpoint: 'https://one.example' };
    expect([key, other]).toHaveLength(2);
  });
});
