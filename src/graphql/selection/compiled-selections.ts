import { createHash } from 'node:crypto';
import {
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  getOperationAST,
  visit,
} from 'graphql';
import { compileSelection, type EventWriter } from './compiled-selection.js';
import { readConditions } from './conditions.js';

const MOST_KEPT = 200;
/** Characters. */
const LONGEST_DOCUMENT = 8 * 1024;
/** Characters of an alias, which is all that is kept of a document: every provider's keys are longer. */
const LONGEST_ALIAS = 24;

/**
 * Compiled selections of one schema that clients may ask for again: those that were asked for last.
 *
 * Keys stand in documents, so only those are kept that have no place for one. Of a document it keeps a digest and the names in the
 * result; of variables, what `@skip` and `@include` made of them. It is asked when token, document and variables
 * have been checked.
 */
export class CompiledSelections {
  readonly #kept = new Map<string, EventWriter | null>();

  constructor(private readonly mostKept = MOST_KEPT) {}

  get size(): number {
    return this.#kept.size;
  }

  /** @returns what {@link compileSelection} does */
  get(args: ExecutionArgs): EventWriter | null {
    const key = keyOf(args);
    const kept = key === null ? undefined : this.#kept.get(key);
    const writer = kept === undefined ? compileSelection(args) : kept;
    if (key !== null && (kept !== undefined || mayBeKept(args.document))) this.#keep(key, writer);
    return writer;
  }

  #keep(key: string, writer: EventWriter | null): void {
    this.#kept.delete(key);
    this.#kept.set(key, writer);
    if (this.#kept.size <= this.mostKept) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Null where there can be none: a selection is kept for what the schema does itself. */
function keyOf(args: ExecutionArgs): string | null {
  const { document, operationName, fieldResolver, typeResolver } = args;
  const text = document.loc?.source.body;
  const operation = getOperationAST(document, operationName);
  const conditions = operation && readConditions(args, operation);
  if (text === undefined || text.length > LONGEST_DOCUMENT || !conditions) return null;
  if (fieldResolver || typeResolver) return null;
  return createHash('sha256')
    .update(JSON.stringify([operationName ?? null, conditions, text]))
    .digest('base64url');
}

/**
 * Whether a document has no text and no number, which would differ each time, too, and no name in its result that could
 * be a key.
 */
function mayBeKept(document: DocumentNode): boolean {
  let may = true;
  const refuse = (): typeof BREAK => {
    may = false;
    return BREAK;
  };
  visit(document, {
    StringValue: refuse,
    IntValue: refuse,
    FloatValue: refuse,
    Field: ({ alias }: FieldNode) => (alias && alias.value.length > LONGEST_ALIAS ? refuse() : undefined),
  });
  return may;
}
