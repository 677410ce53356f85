import { EndpointAddress } from '../../common/endpoint-address.js';
import type { KeyChecker } from '../../outbound/key-check.js';
import { registry } from './registry.js';
import { ChatAdapters } from '../chat/chat-adapters.js';
import type { ChatAdapter } from '../chat/contract.js';

const addresses = ['https://one.example/v1', 'https://two.example/v1'].map((text) =>
  EndpointAddress.read(text),
);

/** An adapter that says where it leads. */
const leadingTo = (place: string): ChatAdapter & KeyChecker =>
  Object.assign(
    { stream: () => Promise.resolve(), check: () => Promise.reject(new Error(place)) },
    { place },
  );

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

  it.each(
    chat.flatMap(({ id, environment }) =>
      [null, ...addresses].map((endpoint) => ({ id, environment, endpoint })),
    ),
  )(
    'leads from a key of $id to its own address, or nowhere: $endpoint.baseUrl',
    ({ id, environment, endpoint }) => {
      const lead = () => Reflect.get(adapters.for({ provider: id, endpoint }), 'place') as string;
      if ((environment === null) === (endpoint === null)) expect(lead).toThrow('There is no chat adapter');
      else expect(lead()).toBe(endpoint?.baseUrl ?? id);
    },
  );
});
