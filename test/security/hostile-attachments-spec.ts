import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { png } from '../support/media.js';
import { signToken } from '../support/test-server.js';
import { bestOf } from '../support/timing.js';
import { useServerProcess } from '../support/use-server-process.js';

const COMPLETE = `mutation ($input: ChatInput!) { completeChat(input: $input) { text } }`;
const KEY = 'key-of-alice-0123456789';
/** The promise of the event loop, in milliseconds of the processor. */
const LONGEST_MS = 50;
const MIB = 1024 * 1024;

const disposition = (rest = '; name="file"; filename="a.txt"') => `content-disposition: form-data${rest}`;
const part = (content: string, headers = disposition()) => `--b\r\n${headers}\r\n\r\n${content}\r\n`;
const END = '--b--\r\n';
const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

describe('attachments of a hostile client', () => {
  const running = useServerProcess({}, CAN_REPORT);

  const send = async (body: string | Buffer, type = 'multipart/form-data; boundary=b') => {
    const headers = { authorization: `Bearer ${await signToken('alice')}`, 'content-type': type };
    const init = { method: 'POST', headers, body: body as string };
    const response = await fetch(`${running().server.url}/attachments`, init);
    const answer = (await response.json()) as { id?: string; errors?: { extensions: { code: string } }[] };
    return { status: response.status, id: answer.id, code: answer.errors?.[0]?.extensions.code };
  };
  /** How long the loop is held at the most while this goes on, in milliseconds: the best of some attempts. */
  const heldBy = (work: () => Promise<unknown>): Promise<number> =>
    bestOf(3, LONGEST_MS, async () => {
      await reportOf(running().server);
      await work();
      return (await reportOf(running().server)).longestMs;
    });

  it.each<[string, string, string | undefined]>([
    ['a hundred thousand parts', many(100_000, () => part('x', disposition('; name="a"'))) + END, undefined],
    ['parts without a name', many(10_000, () => part('x', 'a: b')) + END, undefined],
    ['a header without end', `--b\r\n${disposition('; name="')}${'a'.repeat(5 * MIB)}`, undefined],
    ['headers without end', `--b\r\n${many(200_000, (n) => `h${String(n)}: x\r\n`)}`, undefined],
    [
      'a header of parameters',
      part('x', disposition(many(2_000, (n) => `; a${String(n)}=x`))) + END,
      undefined,
    ],
    [
      'encoded names',
      part('x', disposition(`; name="file"; filename*=UTF-8''${'%e2%82'.repeat(1_000)}`)),
      undefined,
    ],
    ['a preamble without end', 'x'.repeat(10 * MIB), undefined],
    ['what is nearly a boundary', part(many(500_000, () => '\r\n--c')) + END, undefined],
    ['a field that is no name of one', part('x', disposition('; name="__proto__"')) + END, undefined],
    ['a boundary that is a pattern', part('x'), 'multipart/form-data; boundary="(a+)+$"'],
    ['a boundary that is long', part('x'), `multipart/form-data; boundary=${'b'.repeat(8_000)}`],
    ['a type of parameters', part('x'), `multipart/form-data${many(1_000, (n) => `; a${String(n)}=b`)}`],
    ['binary that begins as text', part('a'.repeat(10 * MIB) + '\0') + END, undefined],
  ])('is answered, and holds nothing up: %s', async (_, body, type) => {
    let answer = { status: 0, code: '' as string | undefined };
    const longestMs = await heldBy(async () => (answer = await send(body, type)));
    expect([answer.status === 201 || answer.code === 'BAD_USER_INPUT', longestMs < LONGEST_MS]).toEqual([
      true,
      true,
    ]);
  });

  it.each<[string, Buffer, 'image' | 'file']>([
    ['an image', Buffer.concat([png, Buffer.alloc(15 * MIB)]), 'image'],
    ['a text of one character', Buffer.alloc(15 * MIB, '"'), 'file'],
    ['a text of long characters', Buffer.from('👩‍💻'.repeat(MIB)), 'file'],
  ])('is kept and told to a provider without holding others up: %s', async (_, content, type) => {
    const { server, standIn } = running();
    for (const provider of ['OPENAI', 'ANTHROPIC']) {
      standIn.acceptKey(provider, KEY);
      await server.storeKey('alice', provider, KEY);
    }
    const form = Buffer.concat([
      Buffer.from(`--b\r\n${disposition()}\r\n\r\n`),
      content,
      Buffer.from(`\r\n${END}`),
    ]);
    const ids: string[] = [];
    expect(await heldBy(async () => ids.push((await send(form)).id!))).toBeLessThan(LONGEST_MS);
    const messages = [{ role: 'USER', parts: [{ [type]: { attachmentId: ids[0] } }] }];
    for (const provider of ['OPENAI', 'ANTHROPIC']) {
      const input = { provider, messages };
      const ask = async () => expect((await server.post('alice', COMPLETE, { input })).errors).toEqual([]);
      expect(await heldBy(ask)).toBeLessThan(LONGEST_MS);
    }
  });

  it('has as many opened as a chat may have, without holding others up', async () => {
    const form = part('x') + END;
    const ids: string[] = [];
    for (let sent = 0; sent < 150; sent += 1) ids.push((await send(form)).id!);
    const parts = ids.map((attachmentId) => ({ file: { attachmentId } }));
    const input = { messages: [{ role: 'USER', parts }] };
    let violations: unknown;
    const ask = async () => {
      const { errors } = await running().server.post('alice', COMPLETE, { input });
      violations = errors[0]!.extensions.violations;
    };
    expect(await heldBy(ask)).toBeLessThan(LONGEST_MS);
    expect(violations).toMatchObject([{ path: 'input.messages.0.parts.100.file' }]);
  });

  it.each<[string, object[], string]>([
    [
      'a thousand small images',
      Array.from({ length: 1_000 }, () => ({
        image: { mimeType: 'image/png', data: png.toString('base64') },
      })),
      'parts.100.image',
    ],
    [
      'one large text',
      [{ file: { mimeType: 'text/plain', data: Buffer.alloc(700_000, 'a').toString('base64') } }],
      'NO_KEY_AVAILABLE',
    ],
    [
      'what only looks like base64',
      [{ image: { mimeType: 'image/png', data: '='.repeat(900_000) } }],
      'parts.0.image.data',
    ],
    [
      'ids of nothing',
      Array.from({ length: 1_000 }, (_, n) => ({
        file: { attachmentId: `0197a9a4-0000-7000-8000-${String(n).padStart(12, '0')}` },
      })),
      'parts.0.file.attachmentId',
    ],
    [
      'places of contents',
      [{ text: 'keystream-media-00000000-0000-0000-0000-000000000000-base64 '.repeat(15_000) }],
      'NO_KEY_AVAILABLE',
    ],
  ])('is judged within a request without holding others up: %s', async (_, parts, outcome) => {
    const input = { messages: [{ role: 'USER', parts }] };
    const outcomes: unknown[] = [];
    const ask = async () => {
      const { errors } = await running().server.post('bob', COMPLETE, { input });
      const { code, violations } = errors[0]!.extensions;
      outcomes.push(violations?.[0]?.path.replace('input.messages.0.', '') ?? code);
    };
    expect(await heldBy(ask)).toBeLessThan(LONGEST_MS);
    expect(outcomes[0]).toBe(outcome);
  });
});
