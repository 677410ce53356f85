import { Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { type DocumentNode, GraphQLError, parse, validate } from 'graphql';
import { Config } from '../config/config.js';
import { excessIn } from './document-outline.js';
import { cheapRules, documentRules, parseOptions, validationOptions } from './operation-rules.js';

/** Reads documents: the one place, for every door. */
@Injectable()
export class Documents {
  readonly #rules;

  constructor(
    private readonly schemaHost: GraphQLSchemaHost,
    config: Config,
  ) {
    this.#rules = documentRules({ introspection: !config.general.production });
  }

  /**
   * Parses and validates, at a cost that is bounded by the document's length: what would make a later step costly is
   * found by an earlier one.
   *
   * @returns errors where the document is refused
   */
  read(text: string): DocumentNode | readonly GraphQLError[] {
    const excess = excessIn(text);
    if (excess !== null) return [new GraphQLError(`Syntax Error: The document ${excess}.`)];
    try {
      return this.#validated(parse(text, parseOptions));
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  #validated(document: DocumentNode): DocumentNode | readonly GraphQLError[] {
    const { schema } = this.schemaHost;
    for (const rules of [cheapRules, this.#rules]) {
      const errors = validate(schema, document, rules, validationOptions);
      if (errors.length > 0) return errors;
    }
    return document;
  }
}
