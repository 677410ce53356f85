// A subscription as anyone would write it with NestJS, graphql-ws and OpenAI's package: no keys of users, no audit, no
// way back after a lost connection. On PORT, in front of UPSTREAM_URL.
import 'reflect-metadata';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Args,
  Field,
  GraphQLModule,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { OpenAI } from 'openai';

@InputType()
class ChatMessageInput {
  @Field(() => String)
  role!: 'user' | 'assistant';

  @Field(() => String)
  content!: string;
}

@InputType()
class ChatInput {
  @Field(() => String)
  model!: string;

  @Field(() => [ChatMessageInput])
  messages!: ChatMessageInput[];
}

@ObjectType()
class TextDelta {
  @Field(() => String)
  text!: string;
}

@Resolver()
class ChatResolver {
  readonly #openai = new OpenAI({ baseURL: `${String(process.env.UPSTREAM_URL)}/v1`, apiKey: 'key' });

  @Query(() => String)
  hello(): string {
    return 'Hello';
  }

  @Subscription(() => TextDelta)
  async *chat(
    @Args('input', { type: () => ChatInput }) input: ChatInput,
  ): AsyncGenerator<{ chat: TextDelta }> {
    const stream = await this.#openai.responses.create({
      model: input.model,
      input: input.messages,
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') yield { chat: { text: event.delta } };
    }
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  providers: [ChatResolver],
})
class AppModule {}

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(Number(process.env.PORT), '127.0.0.1');
