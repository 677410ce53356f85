import { finished, type Writable } from 'node:stream';
import { WebSocket } from 'ws';

/** What RFC 6455 (5.5) leaves for the reason in a Close frame, in bytes. */
const MAX_REASON_BYTES = 123;

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const MESSAGE_TOO_BIG = 1009;

const tooBig = (bytes: number): string =>
  `Longer than ${String(bytes)} bytes (MAX_FRAME_BYTES). Larger images and files go to POST /attachments`;

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
  /** How long a message may be, in bytes: said to a client that sends a longer one, which ws closes without a reason. */
  maxMessageBytes = 0;

  override close(code?: number, given?: string | Buffer): void {
    const reason = given ?? (code === MESSAGE_TOO_BIG ? tooBig(this.maxMessageBytes) : undefined);
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
