import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import type { MediaContent, MediaPart } from '../../src/providers/chat/media.js';
import { collect, failureOf } from '../support/collect.js';
import { notes, pdf, png } from '../support/media.js';
import { chatCases } from './chat-adapter-cases.js';
import { HELLO, useAdapter } from './chat-adapter-harness.js';

/** In pieces that no encoding fits. */
const contentOf = (bytes: Buffer, size = 7): MediaContent => ({
  bytes: bytes.length,
  // eslint-disable-next-line @typescript-eslint/require-await
  async *read() {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  },
});

const partOf = (fields: Partial<MediaPart> & Pick<MediaPart, 'mimeType' | 'content'>): MediaPart => ({
  type: 'file',
  name: null,
  inputPath: 'messages.0.parts.0',
  slot: randomUUID(),
  ...fields,
});
const image = () => partOf({ type: 'image', mimeType: 'image/png', content: contentOf(png) });
const document = () => partOf({ mimeType: 'application/pdf', name: 'plan.pdf', content: contentOf(pdf) });
const textFile = () => partOf({ mimeType: 'text/plain', name: 'notes.txt', content: contentOf(notes) });
const text = (value: string) => ({ type: 'text', text: value }) as const;
const asking = (...content: (MediaPart | ReturnType<typeof text>)[]) => [{ role: 'USER', content } as const];

const base64 = { png: png.toString('base64'), pdf: pdf.toString('base64') };
const told = `notes.txt:\n\n${notes.toString()}`;
const pngUrl = `data:image/png;base64,${base64.png}`;
const pdfUrl = `data:application/pdf;base64,${base64.pdf}`;

/** Where the dialects have a message's parts, and how each kind is written there. */
const openAi = {
  text: (value: string) => ({ type: 'input_text', text: value }),
  image: { type: 'input_image', image_url: pngUrl, detail: 'auto' },
  pdf: { type: 'input_file', filename: 'plan.pdf', file_data: pdfUrl },
  file: { type: 'input_text', text: told },
};
const anthropic = {
  text,
  image: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64.png } },
  pdf: {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: base64.pdf },
    title: 'plan.pdf',
  },
  file: {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: notes.toString() },
    title: 'notes.txt',
  },
};
const google = {
  text: (value: string) => ({ text: value }),
  image: { inlineData: { mimeType: 'image/png', data: base64.png } },
  pdf: { inlineData: { mimeType: 'application/pdf', data: base64.pdf } },
  file: { text: told },
};
const chatCompletions = {
  text,
  image: { type: 'image_url', image_url: { url: pngUrl } },
  pdf: { type: 'file', file: { filename: 'plan.pdf', file_data: pdfUrl } },
  file: { type: 'text', text: told },
};
const mistral = { ...chatCompletions, pdf: { type: 'document_url', document_url: pdfUrl } };

const forms: Readonly<
  Record<string, typeof openAi | typeof anthropic | typeof google | typeof chatCompletions | typeof mistral>
> = {
  OPENAI: openAi,
  ANTHROPIC: anthropic,
  GOOGLE: google,
  MISTRAL: mistral,
};

/** How the APIs say which part of a request they refuse, in their own words. */
const complaints: Readonly<Record<string, (place: string) => object>> = {
  OPENAI: (place) => ({
    error: { message: 'No.', type: 'invalid_request_error', param: `input[0].content[${place}].image_url` },
  }),
  ANTHROPIC: (place) => ({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message: `messages.0.content.${place}.image.source.base64.data: too large`,
    },
  }),
  GOOGLE: (place) => ({
    error: {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: `Bad image at contents[0].parts[${place}].inline_data`,
    },
  }),
};
const complaintOf = (id: string, place: string): object =>
  complaints[id]?.(place) ?? {
    error: { message: `messages[0].content[${place}]: bad image`, type: 'invalid_request_error' },
  };

describe.each(chatCases)('$entry.displayName', ({ entry, model, ...provider }) => {
  const { standIn, stream, answerWith } = useAdapter(entry, model);
  const form = forms[entry.id] ?? chatCompletions;
  const partsSent = (): unknown => {
    const { body } = standIn().requests.at(-1)!;
    const turns = (body.input ?? body.messages ?? body.contents) as { content?: unknown; parts?: unknown }[];
    return turns[0]!.content ?? turns[0]!.parts;
  };

  it('gets an image, a PDF and a text in their places, in the form of its API', async () => {
    const content = [text('Look:'), image(), document(), textFile(), text('What is it?')];
    await collect(stream({ messages: asking(...content) }));
    expect(partsSent()).toEqual([
      form.text('Look:'),
      form.image,
      form.pdf,
      form.file,
      form.text('What is it?'),
    ]);
  });

  it('gets them without a name where there is none', async () => {
    await collect(stream({ messages: asking({ ...document(), name: null }, { ...textFile(), name: null }) }));
    const sent = JSON.stringify(standIn().requests.at(-1)!.body);
    expect(sent).not.toMatch(/null|notes\.txt|plan\.pdf/);
    expect(sent).toContain(JSON.stringify(notes.toString()).slice(1, -1));
  });

  it('is told the length of what comes where that is known', async () => {
    await collect(stream({ messages: asking(image(), document()) }));
    const { headers, body } = standIn().requests.at(-1)!;
    expect(headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify(body))));
    await collect(stream({ messages: asking({ ...textFile(), mimeType: 'text/x', type: 'file' }) }));
    expect(standIn().requests.at(-1)!.headers['transfer-encoding']).toBe('chunked');
  });

  it('leaves as it is what only looks like a place for one', async () => {
    const said = `keystream-media-${randomUUID()}-base64`;
    await collect(stream({ messages: asking(text(said), image()) }));
    expect(partsSent()).toEqual([form.text(said), form.image]);
  });

  it('is given up without a fault of its own where one cannot be read', async () => {
    const failure = new Error('The database is away.');
    const content: MediaContent = {
      bytes: 1_000_000,
      // eslint-disable-next-line @typescript-eslint/require-await
      async *read() {
        yield Buffer.alloc(300);
        throw failure;
      },
    };
    const messages = asking({ ...image(), content });
    await expect(collect(stream({ messages }))).rejects.toBe(failure);
    await collect(stream({ messages: HELLO }));
  });

  it.each([
    [401, 'KEY_REJECTED'],
    [413, 'PROVIDER_BAD_REQUEST'],
  ])('may answer %i before it has been sent all of it', async (status, code) => {
    let onClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const content: MediaContent = {
      bytes: 300_000_000,
      async *read() {
        try {
          for (let sent = 0; sent < 1_000; sent += 1) {
            await new Promise((resolve) => setImmediate(resolve));
            yield Buffer.alloc(300_000);
          }
        } finally {
          onClosed();
        }
      },
    };
    const server = createServer((request, response) => {
      request.once('data', () => {
        request.pause();
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{}}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const api = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const request = { messages: asking({ ...image(), content }) };
    const overrides = { endpoints: { api } };
    const failure = await failureOf(collect(stream(request, new AbortController().signal, overrides)));
    expect(failure).toMatchObject({ code });
    await closed;
    server.closeAllConnections();
    server.close();
  });

  it('is at fault where it breaks its answer off before it has been sent all of it', async () => {
    const server = createServer((request, response) => {
      request.once('data', () => {
        request.pause();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(provider.textEvent('First words'));
      });
    });
    const sockets: Socket[] = [];
    server.on('connection', (socket: Socket) => sockets.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    let onClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const content: MediaContent = {
      bytes: 300_000_000,
      async *read() {
        try {
          for (;;) {
            await new Promise((resolve) => setImmediate(resolve));
            yield Buffer.alloc(300_000);
          }
        } finally {
          onClosed();
        }
      },
    };
    const api = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const request = { messages: asking({ ...image(), content }) };
    const overrides = { endpoints: { api } };
    const failure = await failureOf(
      (async () => {
        for await (const part of stream(request, new AbortController().signal, overrides)) {
          // Its consumer is busy while the connection breaks.
          if (part.type !== 'text') continue;
          for (const socket of sockets) socket.resetAndDestroy();
          await closed;
        }
      })(),
    );
    expect(failure).toMatchObject({ code: expect.stringMatching(/^PROVIDER_(TRUNCATED|UNAVAILABLE)$/) });
    server.close();
  });

  it('is told nothing blank beside one', async () => {
    const blank = { role: 'USER', content: ' ' } as const;
    await collect(stream({ messages: [blank, ...asking(image()), blank] }));
    expect(partsSent()).toEqual([form.image]);
  });

  it('stops being sent one when the chat is stopped', async () => {
    const stop = new AbortController();
    let onClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const content: MediaContent = {
      bytes: 30_000_000,
      async *read() {
        try {
          for (let sent = 0; ; sent += 1) {
            if (sent === 3) stop.abort(new Error('Stopped.'));
            await new Promise((resolve) => setImmediate(resolve));
            yield Buffer.alloc(300);
          }
        } finally {
          onClosed();
        }
      },
    };
    const failure = await failureOf(
      collect(stream({ messages: asking({ ...image(), content }) }, stop.signal)),
    );
    expect(failure).toBe(stop.signal.reason);
    await closed;
  });

  if (!provider.isStatusOnly)
    it.each([
      ['0', 'messages.0.parts.0'],
      ['2', 'messages.0.parts.2'],
    ])('names the one that it complains about: at %s', async (place, parameter) => {
      const messages = asking(image(), text('and'), { ...image(), inputPath: 'messages.0.parts.2' });
      const asked = answerWith(reply({ status: 400, body: complaintOf(entry.id, place) }));
      expect(await failureOf(collect(stream({ messages })))).toMatchObject({
        code: 'PROVIDER_BAD_REQUEST',
        parameter,
      });
      await asked;
    });

  it('names the text or the place of none where it complains about something else', async () => {
    const asked = answerWith(
      reply({ status: 400, body: { error: { message: 'temperature: too hot', param: 'temperature' } } }),
    );
    const failure = await failureOf(collect(stream({ messages: asking(image()), temperature: 2 })));
    expect(failure).toMatchObject({ code: 'PROVIDER_BAD_REQUEST' });
    expect(Reflect.get(failure as object, 'parameter')).not.toBe('messages.0.parts.0');
    await asked;
  });
});
