import { type DocumentNode, type ExecutionArgs, getOperationAST } from 'graphql';
import { compileSelection, type EventWriter } from './compiled-selection.js';
import { readConditions } from './conditions.js';

interface Compiled {
  readonly variant: string;
  readonly write: EventWriter | null;
}

/**
 * What documents of one schema were compiled to last, for as long as the documents are there.
 *
 * It keeps no document itself: which are kept, and that no key stands in them, is for those to decide who read them. Of
 * variables it has what `@skip` and `@include` made of them. It is asked when token, document and variables have been
 * checked.
 */
export class CompiledSelections {
  /** One each: a document has as many variants as its directives have answers, and hardly a client uses two of them. */
  readonly #last = new WeakMap<DocumentNode, Compiled>();

  /** @returns what {@link compileSelection} does */
  get(args: ExecutionArgs): EventWriter | null {
    const variant = variantOf(args);
    if (variant === null) return compileSelection(args);
    const last = this.#last.get(args.document);
    if (last?.variant === variant) return last.write;
    const write = compileSelection(args);
    this.#last.set(args.document, { variant, write });
    return write;
  }
}

/** All that a compiled selection depends on beside its document. Null where it is not what the schema does itself. */
function variantOf(args: ExecutionArgs): string | null {
  const { document, operationName, fieldResolver, typeResolver } = args;
  const operation = getOperationAST(document, operationName);
  const conditions = operation && readConditions(args, operation);
  if (!conditions || fieldResolver || typeResolver) return null;
  return JSON.stringify([operationName ?? null, conditions]);
}
