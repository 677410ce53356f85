import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { openai } from '../../demo/stand-in/openai.mjs';
import type { Service } from '../../demo/stand-in/service.mjs';
import type { ChatPlan } from './chat-plan.js';
import { Random } from './random.js';

/** One request of a server's, as the upstream knows it. */
export interface UpstreamCall {
  /** The run of the process that sent it. */
  readonly incarnation: string;
  /** The text that was written, up to the piece that was on its way when the server left. */
  offered: string;
  /** The text of which the operating system has taken the last byte. */
  sent: string;
  ending: 'none' | 'completed' | 'cut' | 'refused' | 'left';
}

const SOON = { 'retry-after-ms': '400' };
const { headers: _, ...limited } = openaiErrors.rateLimit(null);
const away = openaiErrors.overloaded();

/** OpenAI, as it treats the chats of one round: each according to its plan, and with an account of what it was sent. */
export class ChaosUpstream {
  /** Pieces of all chats so far. */
  piecesSent = 0;
  readonly #calls = new Map<string, UpstreamCall[]>();
  readonly #plans: ReadonlyMap<string, ChatPlan>;

  /** @param onPiece called before each piece, and once more at the end of them */
  constructor(
    private readonly seed: string,
    plans: readonly ChatPlan[],
    private readonly onPiece: (plan: ChatPlan, count: number) => void,
  ) {
    this.#plans = new Map(plans.map((plan) => [plan.question, plan]));
  }

  callsFor({ question }: ChatPlan): readonly UpstreamCall[] {
    return this.#calls.get(question) ?? [];
  }

  async answer(exchange: Exchange, incarnation: string): Promise<void> {
    const question = String(exchange.body.input.at(-1).content);
    const plan = this.#plans.get(question);
    if (!plan) throw new Error(`Nobody has asked “${question}” in this round.`);
    const call: UpstreamCall = { incarnation, offered: '', sent: '', ending: 'none' };
    const calls = [...this.callsFor(plan), call];
    this.#calls.set(question, calls);
    void exchange.closedByClient.then(() => (call.ending = 'left'));
    const refusal = refusalOf(plan, calls.length);
    if (refusal) {
      call.ending = 'refused';
      this.onPiece(plan, 0);
      exchange.reply(refusal);
    } else await this.#stream(exchange, plan, call);
  }

  async #stream(exchange: Exchange, plan: ChatPlan, call: UpstreamCall): Promise<void> {
    const random = new Random(`${this.seed}/${String(plan.index)}/upstream`);
    const events = new ResponseEvents(exchange.body);
    // A stall is silent from the beginning, now and then.
    if (plan.pieces.length > 0 || plan.fate !== 'stalls') {
      await exchange.write(events.begin() + events.beginText());
    }
    for (const [count, piece] of plan.pieces.slice(0, plan.floodFrom).entries()) {
      this.onPiece(plan, count);
      if (plan.longestPauseMs > 0) await pause(random.integer(0, plan.longestPauseMs));
      call.offered += piece;
      if (!(await writeInParts(exchange, events.textDelta(piece), random))) return;
      call.sent += piece;
      this.piecesSent += 1;
    }
    const flood = plan.pieces.slice(plan.floodFrom);
    if (flood.length > 0) {
      call.offered += flood.join('');
      if (!(await exchange.write(flood.map((piece) => events.textDelta(piece)).join('')))) return;
      call.sent += flood.join('');
    }
    this.onPiece(plan, plan.floodFrom);
    if (plan.fate === 'stalls') return;
    if (plan.fate === 'is cut') {
      if (random.chance(0.5))
        await exchange.write(events.textDelta('never seen').slice(0, random.integer(1, 90)));
      if (!exchange.isOpen) return;
      call.ending = 'cut';
      // All of it was handed to the operating system, and nothing is left unread: the socket closes with FIN, not with
      // RST, so that what was sent arrives before the cut does.
      exchange.cut();
    } else if (exchange.isOpen) {
      call.ending = 'completed';
      exchange.end(events.end(1));
    }
  }
}

/** What answers a server's requests at the moment. */
export interface UpstreamSeat {
  upstream: ChaosUpstream | null;
}

/**
 * OpenAI for one server, under a path for each of its processes: a request that is read late, when the next one has been
 * started, still counts for the one that sent it.
 */
export const serviceAt = (seat: UpstreamSeat): Service => ({
  ...openai,
  answer: (exchange) => seat.upstream?.answer(exchange, exchange.path.split('/')[1] ?? ''),
});

function refusalOf({ fate }: ChatPlan, count: number) {
  if (fate === 'limits') return limited;
  if (fate === 'limits once, then answers' && count === 1) return { ...limited, headers: SOON };
  if (fate === 'is away') return away;
  if (fate === 'is away twice') return { ...away, headers: SOON };
  return null;
}

/** Cuts an event at a random byte now and then: inside of a character, of a line, of the JSON. */
async function writeInParts(exchange: Exchange, event: string, random: Random): Promise<boolean> {
  const bytes = Buffer.from(event);
  const middle = random.chance(0.3) ? random.integer(1, bytes.length - 1) : 0;
  if (middle > 0 && !(await exchange.write(bytes.subarray(0, middle)))) return false;
  return exchange.write(bytes.subarray(middle));
}
