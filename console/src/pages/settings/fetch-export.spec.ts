import { countOf, fetchExport } from './fetch-export';

const answer = (body: BodyInit | null, status = 200): void => {
  globalThis.fetch = () => Promise.resolve(new Response(body, { status }));
};

describe('an export', () => {
  const { fetch } = globalThis;
  const { signal } = new AbortController();
  afterEach(() => {
    globalThis.fetch = fetch;
  });

  it('is complete with its last line', async () => {
    answer('{"type":"export"}\n{"type":"apiKey"}\n{"type":"end","lines":2}\n');
    const seen: number[] = [];
    const result = await fetchExport('token', signal, ({ bytes }) => seen.push(bytes));
    if (!result.isComplete) throw new Error('It is not complete.');
    expect(result.lines).toBe(2);
    expect(await result.content.text()).toContain('"apiKey"');
    expect(seen.at(-1)).toBe(result.content.size);
  });

  it('is held in few parts, however long it is', async () => {
    const line = new TextEncoder().encode(`{"type":"${'x'.repeat(999_980)}"}\n`);
    let sent = 0;
    answer(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          if (sent <= 20) {
            controller.enqueue(line);
            return;
          }
          controller.enqueue(new TextEncoder().encode('{"type":"end","lines":20}\n'));
          controller.close();
        },
      }),
    );
    const { Blob } = globalThis;
    const most: number[] = [];
    globalThis.Blob = class extends Blob {
      constructor(parts: ConstructorParameters<typeof Blob>[0], options?: BlobPropertyBag) {
        super(parts, options);
        most.push([...(parts ?? [])].length);
      }
    };
    const result = await fetchExport('token', signal, () => undefined).finally(
      () => (globalThis.Blob = Blob),
    );
    if (!result.isComplete) throw new Error('It is not complete.');
    expect([result.lines, result.content.size]).toEqual([20, 20 * line.length + 26]);
    expect(Math.max(...most)).toBeLessThanOrEqual(6);
  });

  it('is given up where it is stopped', async () => {
    const stopping = new AbortController();
    globalThis.fetch = (_, options) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"type":"export"}\n'));
          options?.signal?.addEventListener('abort', () => controller.error(options.signal?.reason));
        },
      });
      return Promise.resolve(new Response(body));
    };
    const running = fetchExport('token', stopping.signal, () => stopping.abort());
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each(['', '{"type":"export"}\n', '{"type":"export"}\n{"type":"en', '"end"\n', '{"type":"end"}\n'])(
    'is not complete where it ends with %j',
    async (text) => {
      answer(text);
      expect(await fetchExport('token', signal, () => undefined)).toEqual({ isComplete: false });
    },
  );

  it('is not complete where the connection breaks', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError('network error'));
      },
    });
    answer(body);
    expect(await fetchExport('token', signal, () => undefined)).toEqual({ isComplete: false });
  });

  it('is refused in the words of the server', async () => {
    answer('{"errors":[]}', 429);
    await expect(fetchExport('token', signal, () => undefined)).rejects.toMatchObject({
      bodyText: '{"errors":[]}',
    });
  });

  it('counts the lines before the last one', () => {
    expect(countOf('{"type":"end","lines":12}')).toBe(12);
    expect(countOf('null')).toBeNull();
  });
});
