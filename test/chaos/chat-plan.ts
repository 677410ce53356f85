import { Random } from './random.js';

/** What the upstream does to one chat. */
export type Fate =
  'answers' | 'is cut' | 'stalls' | 'limits once, then answers' | 'limits' | 'is away' | 'is away twice';

/** How a client stops a chat: by mutation on some server, or by unsubscribing. */
export type Stop = 'cancels' | 'unsubscribes';

/** All that is decided about one chat before it begins. */
export interface ChatPlan {
  readonly index: number;
  readonly userId: string;
  /** The message that the chat sends, by which the upstream knows it. */
  readonly question: string;
  readonly requestId: string;
  readonly fate: Fate;
  /** The deltas that the upstream sends, up to its cut or stall. */
  readonly pieces: readonly string[];
  /** From which of them on all are written at once: more than a client reads before the cut arrives behind it. */
  readonly floodFrom: number;
  /** The longest pause between two of them, in milliseconds. */
  readonly longestPauseMs: number;
  readonly stop: Stop | null;
  /** After how many pieces it is stopped. */
  readonly stopAfter: number;
  readonly viewers: number;
}

const FATES: readonly Fate[] = [
  ...Array<Fate>(8).fill('answers'),
  ...Array<Fate>(5).fill('is cut'),
  ...Array<Fate>(3).fill('stalls'),
  ...Array<Fate>(2).fill('limits once, then answers'),
  'limits',
  'is away',
  'is away twice',
];

/** Pieces at which careless code comes to grief: of several bytes, of several characters, of none, with line ends. */
const AWKWARD = [
  '',
  ' ',
  '\n',
  '\n\n',
  '\r\n',
  'ä',
  'ß',
  '漢字',
  '🦊',
  '👩‍👩‍👧‍👦',
  '\u200b',
  '\u2028',
  '"',
  '\\',
  'data: x\n\n',
  '\ud83e',
  '\udd8a',
];
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzäöüéñ');

/** Of 3 kB each: several times what is read of a socket at a time. */
const FLOOD_PIECES = 80;

/** Users have several chats each, and fewer streams than they may have at once. */
const CHATS_OF_A_USER = 8;

export function planChat(seed: string, index: number): ChatPlan {
  const random = new Random(`${seed}/${String(index)}/plan`);
  const fate = random.pick(FATES);
  const isShort = fate === 'is cut' || fate === 'stalls';
  const count = fate.startsWith('is away') || fate === 'limits' ? 0 : random.integer(isShort ? 0 : 10, 110);
  const isStopped = random.chance(fate === 'stalls' ? 0.5 : 0.12);
  const pieces = Array.from({ length: count }, () => planPiece(random));
  const flood =
    fate === 'is cut' && random.chance(0.6) ? Array<string>(FLOOD_PIECES).fill('flood '.repeat(500)) : [];
  return {
    index,
    userId: `user-${String(Math.floor(index / CHATS_OF_A_USER))}-of-${seed}`,
    question: `What of ${seed}/${String(index)}?`,
    requestId: `request-${seed}-${String(index)}`,
    fate,
    pieces: [...pieces, ...flood],
    floodFrom: count,
    longestPauseMs: random.pick([0, 40, 120, 160]),
    stop: isStopped ? random.pick(['cancels', 'cancels', 'unsubscribes'] as const) : null,
    stopAfter: fate === 'stalls' ? count : random.integer(0, count),
    viewers: random.pick([1, 1, 2, 3]),
  };
}

function planPiece(random: Random): string {
  if (random.chance(0.3)) return random.pick(AWKWARD);
  const word = Array.from({ length: random.integer(1, 12) }, () => random.pick(LETTERS)).join('');
  return random.chance(0.05) ? `${word.repeat(200)} ` : `${word} `;
}
