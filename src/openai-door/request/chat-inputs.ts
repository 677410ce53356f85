import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { getOperationAST, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { ChatInput } from '../../chat/schema/chat.inputs.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { checkVariables } from '../../graphql/every-door/check-variables.js';
import { InputValidationPipe } from '../../graphql/every-door/input-validation.pipe.js';

/** What the API's doors get such an input with. */
const operation = ((): OperationDefinitionNode => {
  const found = getOperationAST(parse('query ($input: ChatInput!) { __typename }'));
  if (!found) throw new Error('A document has its operation.');
  return found;
})();

/** Makes of values the very input of a chat that the API's own doors make of them, by the same rules. */
@Injectable()
export class ChatInputs {
  readonly #validation = new InputValidationPipe();

  /** @param modules among which is that of the API's schema */
  constructor(private readonly modules: ModuleRef) {}

  /** @throws BadUserInputError BAD_USER_INPUT */
  async read(value: Readonly<Record<string, unknown>>): Promise<ChatInput> {
    const { schema } = this.modules.get(GraphQLSchemaHost, { strict: false });
    const variables = { input: value };
    const violations = checkVariables(schema, operation, variables);
    if (violations.length > 0) throw new BadUserInputError(violations);
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    if (!coerced) throw new Error('An input that was checked is of its type.');
    const place = { type: 'body', metatype: ChatInput, data: 'input' } as const;
    return (await this.#validation.transform(coerced.input, place)) as ChatInput;
  }
}
