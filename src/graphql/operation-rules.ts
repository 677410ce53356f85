import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** Tokens in a document: our largest query takes about 300. */
export const parseOptions = { maxTokens: 2_000 } as const;

const MAX_DEPTH = 10;
const MAX_ALIASES = 15;

// The rules' own way of refusing is to throw, which leaves the other errors out and skips the error mask.
const reject = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) =>
      context?.reportError(new GraphQLError(error.message.replace(/^Syntax Error: /, ''))),
  ],
};

/** Validation rules beside GraphQL's own, the same on every door. */
export function operationRules({ introspection }: { introspection: boolean }): ValidationRule[] {
  return [
    maxDepthRule({ n: MAX_DEPTH, ...reject }),
    maxAliasesRule({ n: MAX_ALIASES, allowList: [], ...reject }),
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ] as ValidationRule[];
}
