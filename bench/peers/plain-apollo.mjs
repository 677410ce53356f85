// The least that serves GraphQL over HTTP as Keystream does: Fastify and Apollo, and a list of keys that is a constant.
// On PORT.
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import fastify from 'fastify';

/** As many as each user of the bench has. */
const keys = ['OPENAI', 'ANTHROPIC', 'GOOGLE'].map((provider) => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  provider,
  name: null,
  maskedKey: 'sk-…abcd',
  status: 'ACTIVE',
}));

const apollo = new ApolloServer({
  typeDefs: `
    type ApiKey { id: ID! provider: String! name: String maskedKey: String! status: String! }
    type Query { apiKeys: [ApiKey!]! }
  `,
  resolvers: { Query: { apiKeys: () => keys } },
});
await apollo.start();
const app = fastify();
await app.register(fastifyApollo(apollo));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
