import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import {
  type ASTVisitor,
  type FieldNode,
  getNamedType,
  GraphQLError,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  type StringValueNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** Tokens in a document: our largest query takes about 300. */
export const parseOptions = { maxTokens: 2_000 } as const;

/** Mistakes in a document that are reported: each is looked for in the whole text again, to say on which line it is. */
export const validationOptions = { maxErrors: 20 } as const;

const MAX_DEPTH = 10;
const MAX_ALIASES = 15;

/**
 * Pairs of fields that would have the same name in the result, within a document. GraphQL compares each pair
 * (https://spec.graphql.org/October2021/#sec-Field-Selection-Merging): 500 times the same field are 125,000 pairs.
 */
const MAX_PAIRS = 40_000;

// The rules' own way of refusing is to throw, which leaves the other errors out and skips the error mask.
const reject = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) =>
      context?.reportError(new GraphQLError(error.message.replace(/^Syntax Error: /, ''))),
  ],
};

/** Refuses documents that repeat fields so often that comparing them takes long. */
function repetitionRule(context: ValidationContext): ASTVisitor {
  const counts = new Map<string, number>();
  let pairs = 0;
  return {
    Field({ alias, name }: FieldNode) {
      const responseName = (alias ?? name).value;
      const count = counts.get(responseName) ?? 0;
      counts.set(responseName, count + 1);
      pairs += count;
    },
    Document: {
      leave() {
        if (pairs > MAX_PAIRS) context.reportError(new GraphQLError('Limit of repeated fields exceeded.'));
      },
    },
  };
}

/** Characters of all texts together that stand where none is taken: GraphQL's errors print them, and what is around them. */
const MAX_MISPLACED_LENGTH = 10_000;

/** Refuses documents that hold long texts in the place of something else. */
function misplacedTextRule(context: ValidationContext): ASTVisitor {
  let length = 0;
  return {
    StringValue({ value }: StringValueNode) {
      const type = context.getInputType();
      if (!type || !takesText.has(getNamedType(type).name)) length += value.length;
    },
    Document: {
      leave() {
        if (length > MAX_MISPLACED_LENGTH)
          context.reportError(new GraphQLError('Limit of misplaced texts exceeded.'));
      },
    },
  };
}

const takesText: ReadonlySet<string> = new Set(['String', 'ID']);

/** What a document must keep to before the other rules look at it: it bounds what they cost. Each takes one pass. */
export const cheapRules: readonly ValidationRule[] = [
  NoFragmentCyclesRule,
  repetitionRule,
  misplacedTextRule,
];

/** The rules for what is left, the same on every door: GraphQL's own, and limits. */
export function documentRules({ introspection }: { introspection: boolean }): readonly ValidationRule[] {
  return [
    ...specifiedRules,
    maxDepthRule({ n: MAX_DEPTH, ...reject }),
    maxAliasesRule({ n: MAX_ALIASES, allowList: [], ...reject }),
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ] as ValidationRule[];
}
