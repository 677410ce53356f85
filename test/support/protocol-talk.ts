import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Peer, SCRIPTED } from './protocol-peers.js';
import type { ScriptedSource } from './scripted-source.js';
import { signToken } from './test-server.js';

/** A message of a server, its Close frame, or what its handshake failed with. */
export type Heard = Record<string, unknown>;

/** One connection to a peer, and what was heard on it so far. */
export class Talk {
  readonly heard: Heard[] = [];
  readonly #socket: WebSocket;
  #pings = 0;
  readonly #waiting: (() => void)[] = [];

  private constructor(
    readonly peer: Peer,
    protocols: string | string[] | undefined,
  ) {
    this.#socket = new WebSocket(peer.url, protocols);
    this.#socket.on('message', (data: Buffer) => this.#note(JSON.parse(data.toString()) as Heard));
    this.#socket.on('error', ({ message }) => this.#note({ failed: message }));
    this.#socket.on('close', (closed, reason) => this.#note({ closed, reason: reason.toString() }));
  }

  static async open(peer: Peer, protocols?: string | string[]): Promise<Talk> {
    const talk = new Talk(peer, protocols);
    // One whose handshake fails has that to say.
    await once(talk.#socket, 'open').catch(() => undefined);
    return talk;
  }

  /** Opens a connection that its server has acknowledged: that is not among what was heard. */
  static async enter(peer: Peer): Promise<Talk> {
    const talk = await Talk.open(peer, 'graphql-transport-ws');
    await talk.introduce();
    await talk.hear(1);
    if (talk.heard.shift()?.type !== 'connection_ack')
      throw new Error('The connection was not acknowledged.');
    return talk;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  async introduce(): Promise<void> {
    this.send({ type: 'connection_init', payload: { authorization: `Bearer ${await signToken('alice')}` } });
  }

  send(message: Readonly<Record<string, unknown>>): void {
    if (message.type === 'ping') this.#pings += 1;
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** Subscribes to a source, without waiting for it to begin. */
  ask(id: string, payload: Readonly<Record<string, unknown>> = SCRIPTED): void {
    this.send({ id, type: 'subscribe', payload });
  }

  /** Subscribes to a source that has begun. */
  async subscribe(id: string): Promise<ScriptedSource> {
    this.ask(id);
    return this.peer.begun();
  }

  /** Resolves when so much was heard. */
  async hear(count: number): Promise<void> {
    while (this.heard.length < count && !this.#isOver) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** All that was heard until the server closes, or has answered a ping: then it has handled all that was sent before. */
  async all(): Promise<readonly Heard[]> {
    const isOpen = this.#socket.readyState === WebSocket.OPEN;
    if (isOpen) this.send({ type: 'ping' });
    const pongs = (): number => this.heard.filter(({ type }) => type === 'pong').length;
    while (!this.#isOver && !(isOpen && pongs() === this.#pings)) await this.hear(this.heard.length + 1);
    if (this.#isOver) return this.heard;
    return this.heard.toSpliced(
      this.heard.findLastIndex(({ type }) => type === 'pong'),
      1,
    );
  }

  close(how: 'close' | 'terminate'): void {
    if (how === 'close') this.#socket.close(1000);
    else this.#socket.terminate();
  }

  get #isOver(): boolean {
    return this.heard.some((one) => 'closed' in one);
  }

  #note(heard: Heard): void {
    this.heard.push(heard);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
