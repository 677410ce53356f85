import type { ApolloClient } from '@apollo/client';
import type { ChatInput } from '../../../generated/try';
import { failureOf, UNREACHABLE } from '../../../server/server-error';
import { createChatSocket } from '../../../server/socket';
import { currentSession, endSession, onSessionChange } from '../../../session/session';
import { forgetChat, keepChat, keptChat } from '../../../session/kept';
import { Draft } from '../composer/draft';
import type { Ending } from './answer';
import { cancelChat, cancelWhenReachable } from './cancel-chat';
import { chatEvents, type ChatEvent, type ChatPlace, type Wait } from './chat-events';
import { loadReader } from '../markdown/streamed-text';
import { firstChoices } from '../settings/choices';
import { begun, type ConversationState, nothing, turnsAfter, turnsEnded } from './conversation-state';
import { Held } from './held';
import { dropPreviews, type Question, type Turn } from './question';

const KEEP_EVERY_MS = 1_000;

/** The chat that is watched. */
interface Running {
  readonly place: ChatPlace;
  readonly abort: AbortController;
  /** By the page's clock; null: before a reload. */
  readonly askedAt: number | null;
  /** Whether the person has stopped it. */
  isStopped: boolean;
}

/** The conversation of a session. It goes on while another page is shown. */
export class Conversation extends Held<ConversationState> {
  readonly draft = new Draft();
  readonly choices = new Held(firstChoices);
  readonly #socket = createChatSocket(endSession);
  #running: Running | null = null;
  #keptAt = 0;

  constructor(private readonly apollo: ApolloClient) {
    super(nothing);
    const stopListening = onSessionChange(() => {
      if (currentSession() !== null) return;
      stopListening();
      window.removeEventListener('pagehide', this.#keep);
      const running = this.#running;
      this.#running = null;
      // Without a word: the chat goes on for a while, for its owner to come back to.
      this.#socket.client.terminate();
      running?.abort.abort();
      dropPreviews(this.state().turns);
      this.draft.drop();
    });
    this.#socket.client.on('connected', () => this.change({ wait: null }));
    window.addEventListener('pagehide', this.#keep);
    this.resume();
  }

  /** Goes on with the chat from before a reload, where there is one. */
  resume(): void {
    const kept = keptChat();
    if (kept === null || this.#running !== null) return;
    void this.#watch({ input: null, chatId: kept.chatId, seq: 0 }, null, () => undefined);
  }

  /**
   * Asks a question; it is in the conversation once the chat has started.
   *
   * @param onStarted called then, and never where it does not start
   */
  ask(question: Question, input: ChatInput, onStarted: () => void): void {
    this.#ask(question, input, null, onStarted);
  }

  /** Asks the question of the last turn anew, in its place. */
  askAgain(turn: Turn, input: ChatInput): void {
    if (turn.question === null) return;
    this.#ask(turn.question, input, turn, () => {
      this.change({ turns: this.state().turns.filter(({ id }) => id !== turn.id) });
    });
  }

  /** Stops what is asked or answered. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running || running.isStopped) return;
    running.isStopped = true;
    const { chatId } = running.place;
    if (chatId !== null) {
      forgetChat();
      this.change({ isStopping: true });
      const failure = await cancelChat(this.apollo, chatId);
      // Its last event ends it, where there is a connection on which that comes.
      if (failure === null && this.state().wait === null) return;
      if (failure?.code === UNREACHABLE) void cancelWhenReachable(this.apollo, chatId);
    }
    // To unsubscribe stops it as well, as far as there is a connection.
    running.abort.abort();
  }

  /** Begins another conversation. */
  clear(): void {
    this.#running?.abort.abort();
    this.#running = null;
    dropPreviews(this.state().turns);
    forgetChat();
    this.change(nothing);
  }

  #ask(question: Question, input: ChatInput, repeated: Turn | null, onStarted: () => void): void {
    if (this.#running !== null) return;
    this.change({ repeated });
    void this.#watch({ input, chatId: null, seq: 0 }, question, onStarted);
  }

  async #watch(place: ChatPlace, question: Question | null, onStarted: () => void): Promise<void> {
    const askedAt = place.input === null ? null : performance.now();
    const running: Running = { place, abort: new AbortController(), askedAt, isStopped: false };
    const isCurrent = (): boolean => this.#running === running;
    this.#running = running;
    void loadReader();
    this.change({ asked: question, isAnswering: true, isStopping: false, failure: null, wait: null });
    try {
      const connection = {
        client: this.#socket.client,
        signal: running.abort.signal,
        onWait: (wait: Wait | null): void => {
          if (isCurrent() && this.state().wait !== wait) this.change({ wait });
          if (wait !== null && running.isStopped) running.abort.abort();
        },
        onRefused: this.#socket.refuse,
      };
      for await (const event of chatEvents(place, connection)) {
        if (!isCurrent()) return;
        if (event.__typename === 'ChatStarted') {
          onStarted();
          this.change({ asked: null, turns: begun(this.state().turns, event.chatId, question) });
        }
        this.#take(event);
      }
      if (isCurrent()) this.#end({ kind: 'cancelled', wasWanted: true });
    } catch (error) {
      if (!isCurrent()) return;
      const failure = failureOf(error);
      this.#end({ kind: 'failed', failure });
      const isGone = failure.code === 'CHAT_NOT_FOUND';
      if (isGone) forgetChat();
      // What has begun says itself how it ended. The chat from before a reload is not kept for ever.
      const isSaid = place.seq > 0 || (isGone && place.input === null);
      if (!isSaid) this.change({ failure: { error, question, repeated: this.state().repeated } });
    }
  }

  #take(event: ChatEvent): void {
    const { isStopped = false, askedAt = null } = this.#running ?? {};
    const elapsedMs = askedAt === null ? null : performance.now() - askedAt;
    const turns = turnsAfter(this.state().turns, event, { isStopped, elapsedMs });
    if (turns !== this.state().turns) this.change({ turns });
    if (Date.now() - this.#keptAt >= KEEP_EVERY_MS || event.__typename === 'ChatStarted') this.#keep();
  }

  /** Nothing more comes of the chat that was watched. */
  #end(ending: Ending): void {
    const turns = turnsEnded(this.state().turns, this.#running?.place.chatId ?? null, ending);
    this.#keep();
    this.#running = null;
    this.change({ turns, asked: null, isAnswering: false, isStopping: false, wait: null });
  }

  readonly #keep = (): void => {
    const { place, isStopped = false } = this.#running ?? {};
    // What was stopped is not gone on with when the page is loaded again, whether its end has come or not.
    if (typeof place?.chatId !== 'string' || isStopped) return;
    const { chatId, seq } = place;
    this.#keptAt = Date.now();
    keepChat({ chatId, seq });
  };
}

const conversations = new WeakMap<ApolloClient, Conversation>();

/** The conversation of the session that a client is for. */
export function conversationOf(apollo: ApolloClient): Conversation {
  const conversation = conversations.get(apollo) ?? new Conversation(apollo);
  conversations.set(apollo, conversation);
  return conversation;
}
