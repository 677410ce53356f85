import {
  type DocumentNode,
  doTypesOverlap,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isLeafType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import type { Draw } from './draw.js';

/** A subscription's field as it is called: `chat(input: $input)`, with the variables in it. */
export interface RootCall {
  readonly field: string;
  readonly call: string;
  /** What the operation declares for it: `$input: ChatInput!`. */
  readonly declarations?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface DrawnSubscription {
  /** The field of the root that it asks for. */
  readonly field: string;
  readonly query: string;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

const DEEPEST = 4;

/** Draws subscriptions to a schema. */
export class RandomSubscriptions {
  readonly #overlapping = new Map<GraphQLCompositeType, readonly GraphQLCompositeType[]>();

  /** @param calls how its subscriptions are called */
  constructor(
    readonly schema: GraphQLSchema,
    private readonly calls: readonly RootCall[],
  ) {
    const types = Object.values(schema.getTypeMap()).filter(isCompositeType);
    for (const type of types) {
      this.#overlapping.set(
        type,
        types.filter((other) => doTypesOverlap(schema, type, other)),
      );
    }
  }

  /** Until one is valid: fields of the same name often conflict. */
  draw(draw: Draw): DrawnSubscription {
    for (;;) {
      const drawn = new SubscriptionText(this, draw).complete(draw.pick(this.calls));
      const document = parse(drawn.query);
      if (validate(this.schema, document, undefined, { maxErrors: 1 }).length === 0)
        return { ...drawn, document };
    }
  }

  /** The types that a fragment within the type may be on. */
  overlapping(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    return this.#overlapping.get(type) ?? [];
  }
}

class SubscriptionText {
  /** Their texts, by their names. */
  readonly #fragments = new Map<string, { readonly on: GraphQLCompositeType; readonly text: string }>();
  readonly #declarations: string[] = [];
  readonly #variables: Record<string, unknown> = {};

  constructor(
    private readonly subscriptions: RandomSubscriptions,
    private readonly draw: Draw,
  ) {}

  complete({ field, call, declarations, variables }: RootCall): Omit<DrawnSubscription, 'document'> {
    const { draw } = this;
    const root = this.subscriptions.schema.getSubscriptionType()!;
    const type = getNamedType(root.getFields()[field]!.type);
    const text = `${draw.chance(0.3) ? 'answer: ' : ''}${call} ${this.#selectionOf(type, 0)}`;
    const selection = this.#wrapped(text);
    const all = [...(declarations === undefined ? [] : [declarations]), ...this.#declarations];
    const name = draw.pick(['', 'Watch']);
    const others = name !== '' && draw.chance(0.3) ? ['query Other { __typename }'] : [];
    const operation = `subscription ${name}${all.length > 0 ? `(${all.join(', ')})` : ''} { ${selection} }`;
    const fragments = [...this.#fragments].map(
      ([fragment, { on, text: body }]) => `fragment ${fragment} on ${on.name} ${body}`,
    );
    return {
      field,
      query: [...others, operation, ...fragments].sort(() => (draw.chance(0.5) ? 1 : -1)).join('\n'),
      operationName: others.length > 0 || (name !== '' && draw.chance(0.5)) ? name : undefined,
      variableValues: { ...variables, ...this.#variables },
    };
  }

  /** The root's one field, as it stands or in fragments. */
  #wrapped(text: string): string {
    const { draw } = this;
    if (draw.chance(0.8)) return text;
    const root = this.subscriptions.schema.getSubscriptionType()!;
    if (draw.chance(0.5)) return `... on ${root.name} { ${text} }`;
    this.#fragments.set('OfRoot', { on: root, text: `{ ${text} }` });
    return '...OfRoot';
  }

  #selectionOf(type: unknown, depth: number): string {
    if (!isCompositeType(type)) return '';
    return `{ ${this.draw.list(1, Math.max(2, 6 - 2 * depth), () => this.#selection(type, depth)).join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const { draw } = this;
    if (depth < DEEPEST && draw.chance(isUnionType(type) || depth === 0 ? 0.5 : 0.25)) {
      return draw.chance(0.5) ? this.#inlineFragment(type, depth) : this.#spread(type, depth);
    }
    return this.#field(type, depth);
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    const { draw } = this;
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const fitting = fields.filter((field) => depth < DEEPEST || isLeafType(getNamedType(field.type)));
    if (fitting.length === 0 || draw.chance(0.12)) {
      return `${draw.pick(['', '', 'kind: ', '__proto__: '])}__typename${this.#directives()}`;
    }
    const { name, type: result } = draw.pick(fitting);
    const named = getNamedType(result);
    const alias = draw.pick(['', '', '', '', 'x', 'y', `${name}Of${named.name}`, '__proto__']);
    const call = alias === '' ? name : `${alias}: ${name}`;
    return `${call}${this.#directives()} ${this.#selectionOf(named, depth + 1)}`;
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number): string {
    const { draw } = this;
    const condition = draw.chance(0.2) ? null : draw.pick(this.subscriptions.overlapping(type));
    const on = condition ? ` on ${condition.name}` : '';
    return `...${on}${this.#directives()} ${this.#selectionOf(condition ?? type, depth + 1)}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const { draw } = this;
    const types = this.subscriptions.overlapping(type);
    const fitting = [...this.#fragments].filter(([, { on }]) => types.includes(on));
    if (fitting.length > 0 && draw.chance(0.5)) return `...${draw.pick(fitting)[0]}${this.#directives()}`;
    const on = draw.pick(types);
    const text = this.#selectionOf(on, depth + 1);
    const name = `F${String(this.#fragments.size)}`;
    // Only now: what stands in a fragment cannot spread it again.
    this.#fragments.set(name, { on, text });
    return `...${name}${this.#directives()}`;
  }

  #directives(): string {
    const { draw } = this;
    const names = ['skip', 'include'].filter(() => draw.chance(0.08));
    return names.map((name) => ` @${name}(if: ${this.#condition()})`).join('');
  }

  #condition(): string {
    const { draw } = this;
    if (draw.chance(0.4)) return String(draw.chance(0.5));
    const count = this.#declarations.length;
    if (count > 0 && draw.chance(0.4)) return `$if${String(draw.integer(0, count - 1))}`;
    const name = `if${String(count)}`;
    const byDefault = draw.chance(0.4);
    this.#declarations.push(`$${name}: ${byDefault ? `Boolean = ${String(draw.chance(0.5))}` : 'Boolean!'}`);
    if (!byDefault || draw.chance(0.5)) this.#variables[name] = draw.chance(0.5);
    return `$${name}`;
  }
}
