import { Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { type DocumentNode, GraphQLError, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config/config.js';
import { excessIn } from './document-outline.js';
import { cheapRules, documentRules, parseOptions, validationOptions } from './operation-rules.js';

/** Documents that are kept, at most, and characters of all their texts together. */
const MOST_KEPT = 1_000;
const MOST_CHARACTERS = 2 * 1024 * 1024;

/**
 * Where a key may stand: in a text, in a comment, or, pasted in a wrong place, as a name or a number, of which none that
 * a document needs is so long.
 */
const MAY_HOLD_KEY = /["#]|\w{30}/;

/** Reads documents: the one place, for every door. Valid ones that hold no text are kept, for clients send the same ones. */
@Injectable()
export class Documents {
  readonly #rules;
  readonly #kept = new LRUCache<string, DocumentNode>({
    max: MOST_KEPT,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_, { length }) => Math.max(1, length),
  });

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
    const kept = this.#kept.get(text);
    if (kept) return kept;
    const read = this.#read(text);
    if ('kind' in read && !MAY_HOLD_KEY.test(text)) this.#kept.set(text, read);
    return read;
  }

  #read(text: string): DocumentNode | readonly GraphQLError[] {
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
