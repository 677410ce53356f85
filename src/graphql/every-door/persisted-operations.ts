import { Injectable } from '@nestjs/common';
import { type DocumentNode, type GraphQLError, Kind, print } from 'graphql';
import { StartupError } from '../../common/startup-error.js';
import { Config } from '../../config/config.js';
import { persistedOperations, type PersistedOperation } from '../../config/persisted-operations.js';
import { textWithoutQuotations } from './document-error-text.js';
import { Documents } from './documents.js';
import { PersistedQueryNotInListError, PersistedQueryNotSupportedError } from './persisted-query.error.js';
import { idsIn, type RequestedOperation } from './requested-operation.js';

/** An operation that is listed. Texts that differ in layout only are one. */
export interface ListedOperation {
  readonly text: string;
  readonly document: DocumentNode;
}

interface OperationList {
  readonly byId: Map<unknown, ListedOperation>;
  readonly byText: Map<string, ListedOperation>;
  readonly byMeaning: Map<string, ListedOperation>;
}

/** Mistakes of a list that are reported. */
const MOST_MISTAKES = 10;

/**
 * The list of all that may run, for every door: the operator's, and what the console asks for. Without
 * `PERSISTED_OPERATIONS`, any operation may.
 */
@Injectable()
export class PersistedOperations {
  #list: OperationList | null = null;

  constructor(
    private readonly documents: Documents,
    private readonly config: Config,
  ) {}

  /**
   * Reads the listed operations. Called when the schema is there, before the server listens.
   *
   * @param readOwn what this server's own page asks for, which is part of any list
   * @throws StartupError where one of them could not run
   */
  load(readOwn: () => readonly PersistedOperation[] = () => []): void {
    const { persistedOperations: listed } = this.config.server;
    if (!listed) return;
    const list: OperationList = { byId: new Map(), byText: new Map(), byMeaning: new Map() };
    const mistakes = [
      ...this.#add(readOwn(), list, "The console's own operations.json"),
      ...this.#add(listed, list, persistedOperations.name),
    ];
    if (mistakes.length > 0) throw refusal(mistakes);
    this.#list = list;
  }

  /**
   * The listed operation that a request names: by its id, by its text, or by both, which then must agree.
   *
   * A text is looked for as it is, and then as Apollo's router does: without regard to layout, comments and the order of
   * its definitions.
   *
   * @returns null where a request names none, or any may run: then its text counts
   * @throws PersistedQueryNotInListError PERSISTED_QUERY_NOT_IN_LIST
   * @throws PersistedQueryNotSupportedError PERSISTED_QUERY_NOT_SUPPORTED for an id where there is no list
   */
  find(request: RequestedOperation): ListedOperation | null {
    const { query, extensions } = request;
    if (this.#list === null) {
      // The id of a document is of no use beside its text. Of a hash, Apollo's clients want to be told.
      if (idsIn(query ? { extensions } : request).length > 0) throw new PersistedQueryNotSupportedError();
      return null;
    }
    const { byId } = this.#list;
    const named = idsIn(request).map((id) => byId.get(id));
    if (query) named.push(this.#findText(query, this.#list));
    if (named.length === 0) return null;
    const [first] = named;
    if (!first || named.some((other) => other !== first)) throw new PersistedQueryNotInListError();
    return first;
  }

  #findText(text: string, { byText, byMeaning }: OperationList): ListedOperation | undefined {
    const same = byText.get(text);
    if (same) return same;
    const read = this.documents.read(text);
    return 'kind' in read ? byMeaning.get(meaningOf(read)) : undefined;
  }

  /**
   * Puts operations on the list.
   *
   * @param source what they stand in, for its reader
   * @returns what is wrong with them
   */
  #add(operations: readonly PersistedOperation[], list: OperationList, source: string): readonly string[] {
    const { byId, byText, byMeaning } = list;
    return operations.flatMap(({ id, body, type }, index) => {
      const place = `${source}: operation ${index + 1} of its file`;
      const document = this.documents.read(body);
      const mistake = 'kind' in document ? mistakeIn(document, type) : wordsOf(document);
      if (!('kind' in document) || mistake !== null) return [`${place} ${String(mistake)}`];
      const meaning = meaningOf(document);
      const listed = byMeaning.get(meaning) ?? { text: body, document };
      if ((byId.get(id) ?? listed) !== listed)
        return [`${place} has the id of another operation, of the console's`];
      byId.set(id, listed);
      byText.set(body, listed);
      byMeaning.set(meaning, listed);
      return [];
    });
  }
}

/** The same for texts that say the same in another layout. */
function meaningOf({ definitions }: DocumentNode): string {
  return definitions
    .map((definition) => print(definition))
    .sort()
    .join('\n');
}

function mistakeIn({ definitions }: DocumentNode, type: PersistedOperation['type']): string | null {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [only] = operations;
  if (!only || operations.length > 1) return 'must hold one operation, and its fragments';
  const { operation }: { operation: string } = only;
  return operation === type ? null : `is no ${type}`;
}

const wordsOf = ([first]: readonly GraphQLError[]): string =>
  `cannot run: ${first ? textWithoutQuotations(first) : 'it is refused'}`;

function refusal(mistakes: readonly string[]): StartupError {
  const lines = mistakes.slice(0, MOST_MISTAKES).map((mistake) => `  ${mistake}`);
  return new StartupError(['The operations that may run cannot all be run:', ...lines].join('\n'));
}
