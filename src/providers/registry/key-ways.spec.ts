import { EndpointAddress } from '../../common/endpoint-address.js';
import { KeyMask } from '../../common/key-mask.js';
import type { OpenedKey } from '../../common/opened-key.js';
import { Secret } from '../../common/secret.js';
import { ChatAdapters, type EndpointAdapterMaker } from '../chat/chat-adapters.js';
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
const leadingTo = (place: string): ReturnType<EndpointAdapterMaker> => ({
  stream: (_request, key) => {
    sent.push(`${key.reveal()} to ${place}`);
    return Promise.resolve();
  },
  check: (key) => {
    sent.push(`${key.reveal()} tried at ${place}`);
    return Promise.resolve({ health: null, reason: '', outcome: 'OK' });
  },
  list: (key) => {
    sent.push(`${key.reveal()} lists at ${place}`);
    return Promise.resolve([]);
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

  /** Every key that compiles. */
  const keysFor = (provider: string): readonly OpenedKey[] => [
    { provider, source: 'USER', secret: Secret.fromText('the key of a user'), endpoint: null },
    { provider, source: 'SERVER', secret: Secret.fromText('the key of the server'), endpoint: null },
    ...addresses.map((endpoint) => ({
      ...{ provider, secret: Secret.fromText(`the key for ${endpoint.baseUrl}`), endpoint },
      source: 'USER' as const,
    })),
  ];

  it.each(
    chat.flatMap(({ id, environment }) =>
      keysFor(id).map((key) => ({
        ...{ id, environment, key },
        place: key.endpoint?.baseUrl ?? 'no address',
      })),
    ),
  )(
    'leads from a key of $key.source for $id with $place to its own address, or nowhere',
    async ({ id, environment, key }) => {
      if ((environment === null) === (key.endpoint === null)) {
        expect(() => adapters.for(key)).toThrow('There is no chat adapter');
        return;
      }
      const way = adapters.for(key);
      await way.stream(request, never, () => undefined);
      await way.check(never);
      await way.list(new KeyMask(key.secret, { mask: '…', publicPrefixes: [] }), never);
      const [text, place] = [key.secret.reveal(), key.endpoint?.baseUrl ?? id];
      expect(sent).toEqual([`${text} to ${place}`, `${text} tried at ${place}`, `${text} lists at ${place}`]);
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
