import { ChatCompletions } from './chat-completions.mjs';
import { GraphqlSocket } from './graphql-socket.mjs';

/** All that the load reads of a chat with Keystream. */
const KEYSTREAM_CHAT = `subscription ($input: ChatInput!) {
  chat(input: $input) {
    __typename
    ... on TextDelta { text }
    ... on ChatCompleted { chatId }
    ... on ChatFailed { error { code } }
  }
}`;
const PLAIN_CHAT = 'subscription ($input: ChatInput!) { chat(input: $input) { __typename text } }';

/** @param {string} provider @returns {import('./graphql-socket.mjs').ChatOperation} */
const keystreamChat = (provider) => (model) => ({
  query: KEYSTREAM_CHAT,
  variables: { input: { provider, model, messages: [{ role: 'USER', content: 'Hello' }] } },
});

/** @type {import('./graphql-socket.mjs').ChatOperation} */
const plainChat = (model) => ({
  query: PLAIN_CHAT,
  variables: { input: { model, messages: [{ role: 'user', content: 'Hello' }] } },
});

/**
 * What streams chats and is measured.
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {import('../machine/child.mjs').Child} child
 * @property {(index: number) => Promise<Client>} connect the client of this number
 * @property {(provider: string) => Contestant} [asking] the same, with chats that another provider answers
 */

/** @typedef {GraphqlSocket | ChatCompletions} Client */

/**
 * @param {string} name
 * @param {import('../machine/keystream.mjs').Keystream} keystream
 * @param {string[]} tokens one for each of its users, who share the connections
 * @param {string} [provider] who answers
 * @returns {Contestant}
 */
export const keystreamContestant = (name, keystream, tokens, provider = 'OPENAI') => ({
  name,
  child: keystream.child,
  connect: (index) =>
    GraphqlSocket.open(keystream.url, tokens[index % tokens.length] ?? '', keystreamChat(provider)),
  asking: (other) => keystreamContestant(`${name}, ${other}`, keystream, tokens, other),
});

/** @param {string} name @param {import('../machine/child.mjs').Child} child @returns {Contestant} */
export const plainContestant = (name, child) => ({
  name,
  child,
  connect: () => GraphqlSocket.open(`${child.url}/graphql`, '', plainChat),
});

/**
 * @param {string} name
 * @param {import('../machine/child.mjs').Child} child
 * @param {Record<string, string>} headers
 * @returns {Contestant}
 */
export const chatCompletionsContestant = (name, child, headers) => ({
  name,
  child,
  connect: () => Promise.resolve(new ChatCompletions(`${child.url}/v1/chat/completions`, headers)),
});
