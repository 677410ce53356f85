import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parse } from 'ipaddr.js';

const A = 1;
const CNAME = 5;
const AAAA = 28;
const NO_SUCH_NAME = 3;
const SERVER_FAILURE = 2;
const HEADER_BYTES = 12;
/** The name of the question, where an answer repeats it (RFC 1035 section 4.1.4). */
const SAME_NAME = Buffer.from([0xc0, HEADER_BYTES]);

/** What a name leads to; a list of such: one for each time that it is asked for, the last for all that follow. */
export type Zone = readonly string[] | 'silence' | 'nothing' | 'failure' | 'nonsense';

/** A DNS server of somebody who owns names and means no good, on loopback. Names are unknown unless they are set. */
export class NameServer {
  readonly zones = new Map<string, readonly Zone[]>();
  /** What it was asked for: `A name`. */
  readonly questions: string[] = [];

  private constructor(private readonly socket: Socket) {}

  static async start(): Promise<NameServer> {
    const server = new NameServer(createSocket('udp4'));
    server.socket.on('message', (message, from) => server.#answer(message, from));
    server.socket.bind(0, '127.0.0.1');
    await once(server.socket, 'listening');
    return server;
  }

  get address(): string {
    return `127.0.0.1:${String(this.socket.address().port)}`;
  }

  /** @param zones what the name leads to, each time that a client asks anew */
  lead(name: string, ...zones: readonly Zone[]): void {
    this.zones.set(name, zones);
  }

  async stop(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  #answer(message: Buffer, { port, address }: RemoteInfo): void {
    const { name, type, end } = readQuestion(message);
    const question = `${type === A ? 'A' : 'AAAA'} ${name}`;
    const times = this.questions.filter((asked) => asked === question).length;
    this.questions.push(question);
    const zones = this.zones.get(name) ?? ['nothing'];
    const zone = zones[Math.min(times, zones.length - 1)] ?? 'nothing';
    if (zone === 'silence') return;
    if (zone === 'nonsense') {
      this.socket.send(Buffer.concat([message.subarray(0, 2), Buffer.alloc(200, 0xff)]), port, address);
      return;
    }
    const code = zone === 'nothing' ? NO_SUCH_NAME : zone === 'failure' ? SERVER_FAILURE : 0;
    const records = typeof zone === 'string' ? [] : zone.flatMap((text) => recordOf(text, type));
    const header = Buffer.from(message.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    this.socket.send(Buffer.concat([header, message.subarray(HEADER_BYTES, end), ...records]), port, address);
  }
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** Of another name (`cname:other.example`), or of an address where it is of the type that was asked for. */
function recordOf(text: string, asked: number): Buffer[] {
  if (text.startsWith('cname:')) {
    const labels = text
      .slice('cname:'.length)
      .split('.')
      .flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
    return [record(CNAME, Buffer.concat([...labels, Buffer.alloc(1)]))];
  }
  const bytes = Buffer.from(parse(text).toByteArray());
  const type = bytes.length === 4 ? A : AAAA;
  return type === asked ? [record(type, bytes)] : [];
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  // No time to live: the next question comes here again.
  head.writeUInt32BE(0, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([SAME_NAME, head, data]);
}
