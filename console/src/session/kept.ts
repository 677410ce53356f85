/**
 * All that a tab keeps over a reload, in its sessionStorage: the chat that goes on, what was typed and not sent, whether the
 * identity provider was asked and has not answered, and outside production a token that was pasted. Nothing is kept anywhere
 * else, but for the colours, the language, and that somebody has signed out.
 */
const names = {
  token: 'keystream:token',
  chat: 'keystream:chat',
  unsent: 'keystream:unsent',
  asked: 'keystream:asked',
} as const;
type Name = keyof typeof names;
const LEFT = 'keystream:signed-out';
/** What the library for OpenID keeps while the person is at the provider. */
const OPEN_ID = 'oidc.';

/** The chat that was on the page. */
export interface KeptChat {
  readonly chatId: string;
  /** The last number that was shown. */
  readonly seq: number;
}

let owner = '';

/** Says whose things are kept from now on, and forgets another one's. */
export function ownKept(person: string): void {
  owner = person;
  for (const name of ['chat', 'unsent'] as const) {
    const kept = readOwned(name);
    if (kept !== null && kept.owner !== owner) write(name, null);
  }
}

export interface KeptToken {
  readonly token: string;
  /** Whose it is: an access token does not say that itself. */
  readonly owner: string;
}

export function keptToken(): KeptToken | null {
  const { token, owner: person } = readOwned('token') ?? {};
  return typeof token === 'string' && typeof person === 'string' ? { token, owner: person } : null;
}

export const keepToken = (kept: KeptToken | null): void =>
  write('token', kept === null ? null : JSON.stringify(kept));

/** Whether the identity provider was asked who is there, and has not answered since: it may be away. */
export const isWaitedFor = (): boolean => read('asked') !== null;
export const setWaitedFor = (isWaited: boolean): void => write('asked', isWaited ? 'true' : null);

/** Whether a person has signed out in this browser: nobody is signed in without a question then, in no tab. */
export const hasLeft = (): boolean => inStorage(() => window.localStorage.getItem(LEFT)) !== null;
export function setLeft(left: boolean): void {
  inStorage(() => (left ? window.localStorage.setItem(LEFT, 'true') : window.localStorage.removeItem(LEFT)));
}

export function keptUnsent(): string {
  const { text } = readOwned('unsent') ?? {};
  return typeof text === 'string' ? text : '';
}

export const keepUnsent = (text: string): void =>
  write('unsent', text === '' ? null : JSON.stringify({ owner, text }));

export const keepChat = ({ chatId, seq }: KeptChat): void =>
  write('chat', JSON.stringify({ owner, chatId, seq }));
export const forgetChat = (): void => write('chat', null);

export function keptChat(): KeptChat | null {
  const { chatId, seq } = readOwned('chat') ?? {};
  return typeof chatId === 'string' && typeof seq === 'number' ? { chatId, seq } : null;
}

/** Forgets everything of the person who was signed in. */
export function forgetKept(): void {
  owner = '';
  for (const name of Object.keys(names)) write(name as Name, null);
  forgetAsked();
}

/** Forgets what the identity provider was asked, answered or not. */
export function forgetAsked(): void {
  setWaitedFor(false);
  inStorage(() => {
    for (const key of Object.keys(window.sessionStorage))
      if (key.startsWith(OPEN_ID)) window.sessionStorage.removeItem(key);
  });
}

function readOwned(name: Name): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(read(name) ?? 'null');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const read = (name: Name): string | null => inStorage(() => window.sessionStorage.getItem(names[name]));

function write(name: Name, value: string | null): void {
  inStorage(() => {
    if (value === null) window.sessionStorage.removeItem(names[name]);
    else window.sessionStorage.setItem(names[name], value);
  });
}

/** A browser may refuse its storage altogether, or be out of room: then nothing is kept. */
function inStorage<Result>(reach: () => Result): Result | null {
  try {
    return reach();
  } catch {
    return null;
  }
}
