import type { Head } from './link.js';

/** Where the trail stood at a moment: enough to find out later that something is gone. */
export interface Checkpoint {
  readonly environmentName: string;
  readonly at: Date;
  /** Of the register, whose hash is over all chains that were closed by then. */
  readonly register: Head;
  /** Of the chains that were open, by their writers. */
  readonly open: ReadonlyMap<string, Head>;
  /** What a verification of all up to here found; null: there was none. */
  readonly verified: boolean | null;
  /** The verifier of those that come after it, where the keys are about to change. */
  readonly nextVerifier: string | null;
}

const verdicts = new Map([
  ['yes', true],
  ['no', false],
  ['-', null],
]);

const FIRST_LINE = 'keystream audit checkpoint v1';
const HASH = /^[0-9a-f]{64}$/;
const NUMBER = /^(0|[1-9]\d{0,14})$/;

/** The text of its note, line by line. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { environmentName, at, register, open, verified, nextVerifier } = checkpoint;
  const lines = [
    FIRST_LINE,
    `environment ${environmentName}`,
    `at ${at.toISOString()}`,
    `verified ${verified === null ? '-' : verified ? 'yes' : 'no'}`,
    `closed ${headOf(register)}`,
    ...[...open].map(([writer, head]) => `open ${writer} ${headOf(head)}`),
    ...(nextVerifier === null ? [] : [`next-key ${nextVerifier}`]),
  ];
  return `${lines.join('\n')}\n`;
}

const headOf = ({ number, hash }: Head): string => `${number} ${hash === '' ? '-' : hash}`;

/** @returns null for what is none */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [first, environment, at, verification, closed, ...others] = text.trimEnd().split('\n');
  const register = parseHead(wordsAfter('closed', closed));
  const [environmentName] = wordsAfter('environment', environment);
  const verified = verdicts.get(wordsAfter('verified', verification)[0] ?? '');
  const moment = new Date(wordsAfter('at', at)[0] ?? '');
  if (first !== FIRST_LINE || environmentName === undefined || register === null) return null;
  if (verified === undefined || isNaN(moment.getTime())) return null;
  const open = new Map<string, Head>();
  let nextVerifier: string | null = null;
  for (const line of others) {
    const [writer, ...words] = wordsAfter('open', line);
    const head = parseHead(words);
    if (writer !== undefined && head !== null) open.set(writer, head);
    else nextVerifier = wordsAfter('next-key', line)[0] ?? nextVerifier;
  }
  return { environmentName, at: moment, register, open, verified, nextVerifier };
}

const wordsAfter = (name: string, line: string | undefined): string[] =>
  line?.startsWith(`${name} `) === true ? line.slice(name.length + 1).split(' ') : [];

function parseHead([number, hash]: readonly string[]): Head | null {
  if (number === undefined || hash === undefined || !NUMBER.test(number)) return null;
  if (hash === '-') return { number: Number(number), hash: '' };
  return HASH.test(hash) ? { number: Number(number), hash } : null;
}
