import type { Change } from './recipe.js';

/** A request as it goes out: over a WebSocket only its body does. */
export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Outgoing extends Omit<Draft, 'body'> {
  readonly bytes: Buffer;
}

/** @param theirs ids of another user, for where an id may stand */
export function mutate(draft: Draft, changes: readonly Change[], theirs: readonly string[]): Outgoing {
  let { method, path, headers, body } = structuredClone(draft) as {
    -readonly [Name in keyof Draft]: Draft[Name];
  };
  for (const change of changes) {
    if (change.to === 'json') body = withJson(body, change, theirs);
    else if (change.to === 'document') body = withDocument(body, change);
    else if (change.to === 'text') body = withText(body, change);
    else if (change.to === 'header')
      headers = { ...headers, [change.name]: change.value.replaceAll(/[^\t -~]/g, '') };
    else if (change.to === 'method') method = change.method;
    else if (change.to === 'path') path = change.path;
  }
  let bytes: Buffer = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  for (const change of changes) if (change.to === 'bytes') bytes = withBytes(bytes, change);
  return { method, path, headers, bytes };
}

type Holder = Record<string, unknown> | unknown[];
interface Spot {
  readonly holder: Holder;
  readonly name: string;
}

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;
const readAt = ({ holder, name }: Spot): unknown => (holder as Record<string, unknown>)[name];
/** Not by assignment: that would set the prototype where the name is `__proto__`. */
const writeAt = ({ holder, name }: Spot, written: unknown): void => {
  // A copy: what is changed later is this request's, and nothing is in itself.
  const value = structuredClone(written);
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
};

function spotsIn(value: unknown): Spot[] {
  if (!isHolder(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const spot = { holder: value, name };
    return [spot, ...spotsIn(readAt(spot))];
  });
}

const pick = <Item>(items: readonly Item[], place: number): Item | undefined => items[place % items.length];

type Of<To extends Change['to']> = Extract<Change, { to: To }>;

function withJson(body: unknown, change: Of<'json'>, theirs: readonly string[]): unknown {
  const root = { body };
  const spot = pick(spotsIn(root), change.place)!;
  const old = readAt(spot);
  if (change.how === 'set') writeAt(spot, change.value);
  else if (change.how === 'wrap') writeAt(spot, [old]);
  else if (change.how === 'mine') writeAt(spot, pick(theirs, change.place));
  else if (change.how === 'double') writeAt(spot, Array.isArray(old) ? [...old, ...old] : { a: old, b: old });
  else if (change.how === 'add')
    writeAt(isHolder(old) ? { holder: old, name: change.piece } : spot, change.value);
  else {
    if (Array.isArray(spot.holder)) spot.holder.splice(Number(spot.name), 1);
    else Reflect.deleteProperty(spot.holder, spot.name);
    if (change.how === 'rename') writeAt({ holder: spot.holder, name: change.piece }, old);
  }
  return root.body;
}

const TOKEN = /\.\.\.|"[^"]*"|[\w$@]+|[^\s\w]/g;

function withDocument(body: unknown, change: Of<'document'>): unknown {
  const root = { body };
  const spot = spotsIn(root).find(({ name }) => name === 'query');
  const text = spot && readAt(spot);
  if (!spot || typeof text !== 'string') return body;
  const tokens = text.match(TOKEN) ?? [];
  const [at, other] = [change.place, change.other].map((place) => place % Math.max(1, tokens.length)) as [
    number,
    number,
  ];
  if (change.how === 'drop') tokens.splice(at, 1);
  else if (change.how === 'set') tokens.splice(at, 1, change.piece);
  else if (change.how === 'double') tokens.splice(at, 0, ...tokens.slice(at, at + 1 + (other % 40)));
  else [tokens[at], tokens[other]] = [tokens[other] ?? '', tokens[at] ?? ''];
  writeAt(spot, tokens.join(' '));
  return root.body;
}

function withText(body: unknown, change: Of<'text'>): unknown {
  const root = { body };
  const texts = spotsIn(root).filter((spot) => typeof readAt(spot) === 'string');
  const spot = pick(texts, change.place);
  if (!spot) return body;
  const text = readAt(spot) as string;
  const at = change.at % (text.length + 1);
  if (change.how === 'insert') writeAt(spot, text.slice(0, at) + change.piece + text.slice(at));
  else if (change.how === 'cut') writeAt(spot, text.slice(0, at));
  else writeAt(spot, text.repeat(1 + (change.at % 20)));
  return root.body;
}

function withBytes(bytes: Buffer, { at, byte, how }: Of<'bytes'>): Buffer {
  const place = at % (bytes.length + 1);
  const [before, behind] = [bytes.subarray(0, place), bytes.subarray(how === 'insert' ? place : place + 1)];
  return how === 'cut' ? before : Buffer.concat([before, Buffer.from([byte]), behind]);
}
