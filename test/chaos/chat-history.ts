import type { ChatEventData } from '../support/test-server.js';
import type { ChatPlan } from './chat-plan.js';

/** What one viewer of a chat ended up with. */
export interface View {
  readonly name: string;
  readonly text: string;
  readonly end: ChatEventData;
  /** What it had when it began anew, each time. */
  readonly earlier: readonly string[];
}

/** What happened to one chat, as its clients know it. */
export class ChatHistory {
  readonly views: View[] = [];
  readonly violations: string[] = [];
  readonly lines: string[] = [];
  /** What cancelChat answered. */
  readonly cancelled: boolean[] = [];
  /** A client has tried to stop it. */
  isStopAsked = false;
  /** Resolves with the chat's id as soon as one of its clients knows it. */
  readonly chatId: Promise<string>;
  readonly #chatIds = new Set<string>();
  #resolveId: (chatId: string) => void = () => undefined;

  constructor(
    readonly plan: ChatPlan,
    private readonly startedAt: number,
  ) {
    this.chatId = new Promise((resolve) => (this.#resolveId = resolve));
  }

  /** The ids that its clients have seen, oldest first: one, or those of chats that did not get anywhere beside it. */
  get chatIds(): readonly string[] {
    return [...this.#chatIds];
  }

  note(who: string, what: string): void {
    this.lines.push(`${String(Math.round(performance.now() - this.startedAt))} ms ${who}: ${what}`);
  }

  violate(who: string, what: string): void {
    this.note(who, `VIOLATION: ${what}`);
    this.violations.push(`${who}: ${what}`);
  }

  /** A client has learned the chat's id. */
  learn(chatId: string): void {
    this.#chatIds.add(chatId);
    this.#resolveId(chatId);
  }
}
