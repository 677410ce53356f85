/**
 * @typedef {import('graphql').SelectionSetNode} SelectionSet
 * @typedef {import('graphql').FieldNode} FieldNode
 *
 * An event of a chat, by the names of its fields in the schema, not by their aliases.
 * @typedef {{ type: string } & Record<string, any>} ChatEvent
 */

const { getOperationAST, Kind, OperationTypeNode, parse } = window.GraphiQL.GraphQL;

const TYPE_FIELD = '__typename';
/** Where the operation gives the name of the type's field to another one. */
const TYPE_ALIAS = 'typeOfTheEvent';

/** The types of a chat's events. A condition on another type is one on an interface of theirs. */
const eventTypes = new Set([
  'ChatStarted',
  'TextDelta',
  'ReasoningDelta',
  'SearchStarted',
  'SearchFinished',
  'ProviderSwitched',
  'ChatCompleted',
  'ChatFailed',
  'ChatCancelled',
]);

/**
 * A subscription, in the form in which it is sent: its events can be distinguished, and read under any aliases. The
 * types of events are added where it does not ask for them, and removed from the results that it is shown.
 */
export class Subscription {
  /** @type {import('graphql').OperationDefinitionNode} */
  #definition;
  /** @type {Map<string, import('graphql').FragmentDefinitionNode>} */
  #fragments = new Map();
  /** What the type is called in the answer. */
  #typeKey = TYPE_FIELD;
  #isTypeAskedFor = false;

  /** The text to send. */
  query;

  /**
   * @param {string} query
   * @param {import('graphql').DocumentNode} document
   * @param {import('graphql').OperationDefinitionNode} definition
   */
  constructor(query, document, definition) {
    this.#definition = definition;
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
    this.query = this.#askForTypes(query);
  }

  /**
   * @param {{ query: string, operationName?: string | null }} request
   * @returns {Subscription | null} null: it is another operation, or none that can be read
   */
  static in({ query, operationName }) {
    try {
      const document = parse(query);
      const definition = getOperationAST(document, operationName);
      if (definition?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
      return new Subscription(query, document, definition);
    } catch {
      // The server says what is wrong with it.
      return null;
    }
  }

  /** The events in an answer. @param {Record<string, any> | null | undefined} data @returns {ChatEvent[]} */
  eventsIn(data) {
    /** @type {Map<string, SelectionSet[]>} */
    const sets = new Map();
    for (const field of this.#rootFields()) {
      const name = responseName(field);
      sets.set(name, [...(sets.get(name) ?? []), ...(field.selectionSet ? [field.selectionSet] : [])]);
    }
    return [...sets].flatMap(([name, selections]) => {
      const event = data?.[name];
      if (!isObject(event)) return [];
      const type = String(event[this.#typeKey]);
      const applies = (/** @type {string} */ condition) => condition === type || !eventTypes.has(condition);
      return [{ ...this.#read(event, selections, applies), type }];
    });
  }

  /** The answer without what was not asked for. @template Result @param {Result & { data?: any }} result */
  withoutAdditions(result) {
    if (this.#isTypeAskedFor || !isObject(result.data)) return result;
    const data = Object.entries(result.data).map(([name, value]) => {
      if (!isObject(value)) return [name, value];
      return [name, Object.fromEntries(Object.entries(value).filter(([key]) => key !== this.#typeKey))];
    });
    return { ...result, data: Object.fromEntries(data) };
  }

  /** @param {string} query */
  #askForTypes(query) {
    const sets = this.#rootFields().flatMap(({ selectionSet }) => selectionSet ?? []);
    this.#isTypeAskedFor = sets.every(({ selections }) => selections.some(isPlainTypeField));
    if (this.#isTypeAskedFor) return query;
    const fields = sets.flatMap((set) => this.#fieldsOf(set, () => true));
    const isTaken = fields.some((field) => responseName(field) === TYPE_FIELD);
    if (isTaken) this.#typeKey = TYPE_ALIAS;
    const addition = isTaken ? ` ${TYPE_ALIAS}: ${TYPE_FIELD} ` : ` ${TYPE_FIELD} `;
    // Before their closing braces, last first: what stands before keeps its place.
    const places = [...new Set(sets.map(({ loc }) => (loc?.end ?? 0) - 1))].sort((a, b) => b - a);
    return places.reduce((text, place) => text.slice(0, place) + addition + text.slice(place), query);
  }

  #rootFields() {
    return this.#fieldsOf(this.#definition.selectionSet, () => true);
  }

  /**
   * The fields of a selection, and of the fragments in it that apply.
   *
   * @param {SelectionSet} set
   * @param {(condition: string) => boolean} applies
   * @param {Set<string>} [seen] the fragments that have been read
   * @returns {FieldNode[]}
   */
  #fieldsOf({ selections }, applies, seen = new Set()) {
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
      if (isSpread && seen.has(selection.name.value)) return [];
      if (isSpread) seen.add(selection.name.value);
      const fragment = isSpread ? this.#fragments.get(selection.name.value) : selection;
      if (!fragment || (fragment.typeCondition && !applies(fragment.typeCondition.name.value))) return [];
      return this.#fieldsOf(fragment.selectionSet, applies, seen);
    });
  }

  /**
   * @param {any} value
   * @param {SelectionSet[]} sets what was asked of it
   * @param {(condition: string) => boolean} applies
   * @returns {any} the same by the names of its fields
   */
  #read(value, sets, applies) {
    if (Array.isArray(value)) return value.map((item) => this.#read(item, sets, applies));
    if (!isObject(value)) return value;
    /** @type {Record<string, any>} */
    const read = {};
    for (const field of sets.flatMap((set) => this.#fieldsOf(set, applies))) {
      const found = value[responseName(field)];
      if (found === undefined) continue;
      const inside = field.selectionSet ? this.#read(found, [field.selectionSet], () => true) : found;
      read[field.name.value] = merge(read[field.name.value], inside);
    }
    return read;
  }
}

/** @param {FieldNode} field */
const responseName = ({ alias, name }) => (alias ?? name).value;

/** @param {import('graphql').SelectionNode} node Is it the type's name, under its own name and without a condition? */
const isPlainTypeField = (node) =>
  node.kind === Kind.FIELD && node.name.value === TYPE_FIELD && !node.alias && !node.directives?.length;

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One field, asked for more than once, each time for other parts of it. @param {any} first @param {any} second @returns {any} */
function merge(first, second) {
  if (Array.isArray(first) && Array.isArray(second)) {
    return second.map((item, index) => merge(first[index], item));
  }
  return isObject(first) && isObject(second) ? { ...first, ...second } : second;
}
