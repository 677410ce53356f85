import type { ChatEventData } from '../support/test-server.js';
import type { UpstreamCall } from './chaos-upstream.js';
import type { ChatHistory, View } from './chat-history.js';
import type { Fate } from './chat-plan.js';

/** A row of the audit trail. */
export interface TrailEntry {
  readonly kind: string;
  readonly outcome: string;
}

export interface Evidence {
  readonly history: ChatHistory;
  readonly calls: readonly UpstreamCall[];
  /** The incarnations of servers that were killed in this round, or that froze. */
  readonly dead: ReadonlySet<string>;
  /** What the audit trail has, by chat, oldest first. */
  readonly trails: ReadonlyMap<string, readonly TrailEntry[]>;
}

const CANCELLED = 'CANCELLED';
const LOST = 'PROVIDER_TRUNCATED';

/** How each fate ends without interference, and how often the upstream is asked until then. */
const endings: Readonly<Record<Fate, { readonly outcome: string; readonly calls: number }>> = {
  answers: { outcome: 'OK', calls: 1 },
  'is cut': { outcome: 'PROVIDER_TRUNCATED', calls: 1 },
  stalls: { outcome: 'PROVIDER_TIMEOUT', calls: 1 },
  'limits once, then answers': { outcome: 'OK', calls: 2 },
  limits: { outcome: 'PROVIDER_RATE_LIMITED', calls: 1 },
  'is away': { outcome: 'PROVIDER_UNAVAILABLE', calls: 1 },
  'is away twice': { outcome: 'PROVIDER_UNAVAILABLE', calls: 2 },
};

/** An end as the audit trail has it. */
export function outcomeOf({ __typename, error }: ChatEventData): string {
  if (__typename === 'ChatCompleted') return 'OK';
  return __typename === 'ChatCancelled' ? CANCELLED : (error?.code ?? 'none');
}

/** Everything that is wrong with what came of a chat. */
export function judge(evidence: Evidence): string[] {
  const { history, calls, trails } = evidence;
  const chats = [...new Set(history.views.map(({ end }) => end.chatId))].map((chatId) =>
    history.views.filter(({ end }) => end.chatId === chatId),
  );
  const [real, ...more] = chats.filter((views) => !isStillborn(views));
  return [
    ...(history.views.length < history.plan.viewers ? ['not everybody has seen the end'] : []),
    ...(more.length > 0 ? ['one request has begun several chats'] : []),
    ...(real?.[0] ? judgeEnd(evidence, real[0]) : calls.map(() => 'the upstream was asked for nobody')),
    ...chats.flatMap(([first, ...others]) => (first ? others.flatMap((other) => compare(first, other)) : [])),
    ...history.views.flatMap(takenBack),
    ...history.views.flatMap(({ end }) => judgeTrail(evidence, trails.get(end.chatId) ?? [], outcomeOf(end))),
  ];
}

/**
 * A server that is short of time takes Redis for away. What it begins just then, with a request id, it ends at once with
 * SERVICE_UNAVAILABLE, before it asks an upstream: the same request may begin another chat.
 */
const isStillborn = ([view]: readonly View[]): boolean =>
  view?.end.seq === 2 && outcomeOf(view.end) === 'SERVICE_UNAVAILABLE';

/** All viewers have the same text and the same end. */
function compare(first: View, other: View): string[] {
  return [
    ...(other.text === first.text ? [] : [`${first.name} and ${other.name} have different texts`]),
    ...(JSON.stringify(other.end) === JSON.stringify(first.end)
      ? []
      : [`${first.name} and ${other.name} have different ends`]),
  ];
}

/** What was shown once is there the next time, too. */
const takenBack = ({ name, text, earlier }: View): string[] =>
  earlier.every((before) => text.startsWith(before))
    ? []
    : [`${name} was shown text that is not there in the end`];

function judgeEnd({ history, calls, dead }: Evidence, { text, end }: View): string[] {
  const outcome = outcomeOf(end);
  const expected = endings[history.plan.fate];
  const call = calls.at(-1);
  if (calls.length > expected.calls) return [`the upstream was asked ${String(calls.length)} times`];
  const isInterrupted =
    (outcome === CANCELLED && history.isStopAsked) || (outcome === LOST && isLost(call, dead));
  if (isInterrupted) {
    return (call?.offered ?? '').startsWith(text) ? [] : ['the text is not the beginning of what was sent'];
  }
  return [
    ...(outcome === expected.outcome ? [] : [`ends with ${outcome} where the upstream ${history.plan.fate}`]),
    ...(calls.length === expected.calls ? [] : [`the upstream was asked ${String(calls.length)} times`]),
    ...(text === (call?.sent ?? '') ? [] : [`has ${show(text)} where ${show(call?.sent ?? '')} was sent`]),
    ...(history.cancelled.includes(true) ? ['cancelChat said that it was cancelled'] : []),
  ];
}

/** Its server died, or was taken for dead, before another end was known, in some cases before it had asked the upstream. */
const isLost = (call: UpstreamCall | undefined, dead: ReadonlySet<string>): boolean =>
  call ? dead.has(call.incarnation) : dead.size > 0;

/** One use of the key, then one end. */
function judgeTrail(
  { history, calls, dead }: Evidence,
  trail: readonly TrailEntry[],
  outcome: string,
): string[] {
  const kinds = trail.map(({ kind }) => kind).join();
  if (kinds !== 'KEY_USED,CHAT_FINISHED') return [`the audit trail has ${kinds || 'nothing'}`];
  const written = trail.at(-1)?.outcome ?? '';
  if (written === outcome) return [];
  // The end is written to the trail before it is shown. Where the server dies between the two, the trail is right, and
  // the others can say no more than that the chat was lost.
  const isBetween =
    outcome === LOST &&
    isLost(calls.at(-1), dead) &&
    [endings[history.plan.fate].outcome, CANCELLED].includes(written);
  return isBetween ? [] : [`the audit trail says ${written} where the end is ${outcome}`];
}

function show(text: string): string {
  return `${String(text.length)} characters ending in ${JSON.stringify(text.slice(-20))}`;
}
