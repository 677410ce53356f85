import { finished, type Writable } from 'node:stream';
import { WebSocket } from 'ws';

/** What RFC 6455 (5.5) leaves for the reason in a Close frame, in bytes. */
const MAX_REASON_BYTES = 123;

/** What turns the bytes of a socket into its messages. It is ended when the client ends its stream. */
interface WithReceiver {
  readonly _receiver?: Writable | null;
}

/**
 * A socket that says at once that it is closing.
 *
 * 'close' comes when the TCP connection is gone, which takes as long as its client likes: one that reads nothing keeps
 * it open. `closing` (code, reason) comes when the first Close frame arrives or is sent: ws answers a
 * client's Close frame, and a frame that breaks the protocol, by calling {@link close}.
 */
export class ServerSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    const isFirst = this.readyState === this.OPEN;
    super.close(code, typeof reason === 'string' ? cut(reason) : reason);
    if (isFirst) this.emit('closing', code, reason);
  }

  /** Calls back when the client's last message has come: one comes in a turn of the event loop, and several are read at once. */
  whenAllCame(onAll: () => void): void {
    const { _receiver: receiver } = this as unknown as WithReceiver;
    if (receiver) finished(receiver, onAll);
    else onAll();
  }
}

/** Reasons quote what clients sent, such as an operation's id; ws throws on a longer one. */
function cut(reason: string): string {
  // Unlike a Buffer, it never writes half a character.
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON_BYTES));
  return reason.slice(0, read);
}
