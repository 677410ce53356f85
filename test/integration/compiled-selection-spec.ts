import { GraphQLSchemaHost } from '@nestjs/graphql';
import { compareSelections, seedsFrom } from '../support/random/compare-selections.js';
import type { RootCall } from '../support/random/random-subscription.js';
import { useTestServer } from '../support/use-test-server.js';

const DOCUMENTS = 10_000;

const input = { messages: [{ role: 'USER', content: 'Hello' }], temperature: 0.5 };
const calls: readonly RootCall[] = [
  {
    field: 'chat',
    call: 'chat(input: $input)',
    declarations: '$input: ChatInput!',
    variables: { input },
  },
  { field: 'chat', call: 'chat(input: { messages: [{ role: USER, content: "Hello" }] })' },
  {
    field: 'resumeChat',
    call: 'resumeChat(chatId: $chatId, afterSeq: 3)',
    declarations: '$chatId: ID!',
    variables: { chatId: '0190a6b2-7e7c-7c3a-9a59-6a7d3f0e8d11' },
  },
];

describe('compiled selections of random subscriptions to the schema as the application builds it', () => {
  const server = useTestServer();

  it('write what the executor says, or leave it to the executor', () => {
    const { schema } = server().app.get(GraphQLSchemaHost);
    const { documents, compiled, good, written, bad } = compareSelections(
      schema,
      calls,
      seedsFrom(0, DOCUMENTS),
    );
    expect(compiled).toBe(documents);
    expect(written / good).toBeGreaterThan(0.99);
    expect(bad / documents).toBeGreaterThan(0.1);
  });
});
