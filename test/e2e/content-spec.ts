import { createHash } from 'node:crypto';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { registry } from '../../src/providers/registry/registry.js';
import { gif, notes, pdf, png } from '../support/media.js';
import { naming } from '../support/naming.js';
import { textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const chatProviders = registry.filter((entry) => entry.kind === 'CHAT');
const COMPLETE = 'mutation ($input: ChatInput!) { completeChat(input: $input) { text provider } }';

const inline = (content: Buffer, mimeType: string) => ({ data: content.toString('base64'), mimeType });
const image = { image: inline(png, 'image/png') };
const ask = (...parts: object[]) => [{ role: 'USER', parts }];

describe('what a message holds', () => {
  const server = useTestServer({ MAX_ATTACHMENT_BYTES: '2000000' });

  const complete = (input: Record<string, unknown>, userId = 'alice') =>
    server().post<any>(userId, COMPLETE, { input });
  const refusals = async (input: Record<string, unknown>) => {
    const { errors } = await complete(input);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(server().standIn.requests).toEqual([]);
    return errors[0]!.extensions.violations!;
  };
  /** What was sent last, as a text. */
  const sent = () => JSON.stringify(server().standIn.requests.at(-1)!.body);

  describe.each(chatProviders)('with $displayName', ({ id, media }) => {
    beforeEach(() => server().storeKey('alice', id, KEY));

    it('may be a file of text, within its message or sent before', async () => {
      const attachmentId = await server().attach('alice', notes, 'notes.txt');
      const file = { ...inline(notes, 'text/markdown'), name: 'inline.md' };
      const events = await server().chatEvents('alice', {
        ...naming(id),
        messages: ask({ text: 'Compare:' }, { file }, { file: { attachmentId } }),
      });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      const body = sent();
      const written = JSON.stringify(notes.toString()).slice(1, -1);
      expect(body.split(written)).toHaveLength(3);
      expect(body).toContain('inline.md');
      expect(body).toContain('notes.txt');
    });

    const isImage = media.images.includes('image/png');
    it(`${isImage ? 'may be' : 'is not'} an image, within its message or sent before`, async () => {
      const attachmentId = await server().attach('alice', png);
      const messages = ask(image, { text: 'And this?' }, { image: { attachmentId } });
      if (!isImage) {
        expect(await refusals({ ...naming(id), messages })).toEqual(
          [0, 2].map((index) => ({
            path: `input.messages.0.parts.${index}`,
            message: expect.stringMatching(/^is image\/png, which .+ does not take: /),
          })),
        );
        return;
      }
      const events = await server().chatEvents('alice', { ...naming(id), messages });
      expect(textOf(events)).toContain(`[image/png, ${png.length} bytes]`);
      expect(sent().split(png.toString('base64'))).toHaveLength(3);
    });

    it(`${media.pdf ? 'may be' : 'is not'} a PDF`, async () => {
      const messages = ask({ file: inline(pdf, 'application/pdf') });
      if (!media.pdf) expect(await refusals({ ...naming(id), messages })).toHaveLength(1);
      else {
        await server().chatEvents('alice', { ...naming(id), messages });
        expect(sent()).toContain(pdf.toString('base64'));
      }
    });
  });

  describe('of any size', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    it('arrives as it was sent, whatever its chunks were', async () => {
      for (const size of [196_607, 196_608, 196_609, 1_999_999]) {
        const content = Buffer.concat([png, Buffer.alloc(size - png.length, 'Größe? ')]);
        const attachmentId = await server().attach('alice', content);
        await complete({ messages: ask({ image: { attachmentId } }) });
        const { body } = server().standIn.requests.at(-1)!;
        const data = String(body.input[0].content[0].image_url).slice('data:image/png;base64,'.length);
        const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
        expect(digest(Buffer.from(data, 'base64'))).toBe(digest(content));
      }
    });

    it('goes along at every turn of a chat that searches', async () => {
      await server().storeKey('alice', 'BRAVE', 'key-of-alice-for-brave');
      const attachmentId = await server().attach('alice', png);
      const messages = ask({ image: { attachmentId } }, { text: 'search: cats' });
      await complete({ webSearch: {}, messages });
      const chats = server().standIn.requests.filter(({ provider }) => provider === 'OPENAI');
      expect(chats.map(({ body }) => JSON.stringify(body).includes(png.toString('base64')))).toEqual([
        true,
        true,
      ]);
    });
  });

  describe('is told', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    it('as one text where it is nothing but texts, with every role', async () => {
      const texts = [{ text: 'One.' }, { text: 'Two.' }];
      const roles = ['SYSTEM', 'USER', 'ASSISTANT', 'USER'];
      await complete({ messages: roles.map((role) => ({ role, parts: texts })) });
      expect(server().standIn.requests[0]!.body.input.map(({ content }: any) => content as unknown)).toEqual(
        roles.map(() => 'One.\n\nTwo.'),
      );
    });

    it('to no other provider that does not take it, and to the next that does', async () => {
      await server().storeKey('alice', 'DEEPSEEK', KEY);
      await server().storeKey('alice', 'MISTRAL', KEY);
      server().standIn.once('OPENAI', reply(openaiErrors.overloaded()));
      const { data } = await complete({ failover: true, messages: ask(image) });
      expect(data.completeChat.provider).toBe('MISTRAL');
    });

    it('with the name of the part that the provider refuses', async () => {
      server().standIn.once('OPENAI', reply(openaiErrors.badParameter('input[0].content[1].image_url')));
      const { errors } = await complete({ messages: ask({ text: 'Look:' }, image) });
      expect(errors[0]).toMatchObject({
        message: 'The provider does not accept the value of messages.0.parts.1 for this model.',
        extensions: { code: 'PROVIDER_BAD_REQUEST' },
      });
    });
  });

  describe('is refused by name', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    const at = async (parts: object[], role = 'USER') =>
      (
        await refusals({ messages: [{ role, parts }, ...(role === 'USER' ? [] : ask({ text: 'Go on.' }))] })
      ).map(({ path }) => path.replace('input.messages.0.', ''));

    it.each<[string, object[], string]>([
      ['no part', [], 'parts'],
      ['no content', [{ image: {} }], 'parts.0.image'],
      ['no type', [{ image: { data: png.toString('base64') } }], 'parts.0.image.mimeType'],
      ['a type that is none', [{ image: inline(png, 'png') }], 'parts.0.image.mimeType'],
      ['another type than it is', [{ image: inline(png, 'image/jpeg') }], 'parts.0.image.mimeType'],
      ['a PDF as an image', [{ image: inline(pdf, 'application/pdf') }], 'parts.0.image'],
      ['an image as a file', [{ file: inline(png, 'image/png') }], 'parts.0.file'],
      [
        'what is of no type',
        [{ file: inline(Buffer.from([0, 1, 2]), 'text/plain') }],
        'parts.0.file.mimeType',
      ],
      [
        'what is no base64',
        [{ image: { data: 'not base64!', mimeType: 'image/png' } }],
        'parts.0.image.data',
      ],
      [
        'base64 without padding',
        [{ image: { data: 'iVBORw0KGg', mimeType: 'image/png' } }],
        'parts.0.image.data',
      ],
      [
        'a data: URL',
        [{ image: { data: `data:image/png;base64,AAAA`, mimeType: 'image/png' } }],
        'parts.0.image.data',
      ],
      ['an empty content', [{ image: { data: '', mimeType: 'image/png' } }], 'parts.0.image.data'],
      [
        'an attachment that is none',
        [{ text: 'a' }, { image: { attachmentId: 'x' } }],
        'parts.1.image.attachmentId',
      ],
      [
        'a name with a line break',
        [{ file: { ...inline(pdf, 'application/pdf'), name: 'a\nb' } }],
        'parts.0.file.name',
      ],
      [
        'a name that is too long',
        [{ file: { ...inline(pdf, 'application/pdf'), name: 'a'.repeat(256) } }],
        'parts.0.file.name',
      ],
      ['101 of them', Array.from({ length: 101 }, () => image), 'parts.100.image'],
    ])('where it is %s', async (_, parts, path) => {
      expect(await at(parts)).toEqual([path]);
    });

    it.each(['SYSTEM', 'ASSISTANT'])('as an image with role %s', async (role) => {
      expect(await at([image], role)).toEqual(['parts.0.image']);
    });

    it('beside a content, and an attachment beside data', async () => {
      const attachmentId = await server().attach('alice', png);
      const messages = [{ role: 'USER', content: 'a', parts: [{ image: { ...image.image, attachmentId } }] }];
      expect((await refusals({ messages })).map(({ path }) => path)).toEqual([
        'input.messages.0.parts',
        'input.messages.0.parts.0.image.data',
        'input.messages.0.parts.0.image.mimeType',
      ]);
    });

    it("as another user's attachment, in the words for none", async () => {
      const attachmentId = await server().attach('bob', png);
      const [theirs] = await refusals({ messages: ask({ image: { attachmentId } }) });
      const [none] = await refusals({
        messages: ask({ image: { attachmentId: '0197a9a4-0000-7000-8000-000000000000' } }),
      });
      expect(theirs).toEqual(none);
    });

    it('where all of it is more than 64 MiB', async () => {
      const content = Buffer.concat([pdf, Buffer.alloc(1_900_000)]);
      const attachmentId = await server().attach('alice', content);
      expect(await at(Array.from({ length: 36 }, () => ({ file: { attachmentId } })))).toEqual([
        'parts.35.file',
      ]);
    });

    it('by a provider that takes it in another form', async () => {
      await server().storeKey('alice', 'GOOGLE', KEY);
      const messages = ask({ image: inline(gif, 'image/gif') });
      const [violation] = await refusals({ provider: 'GOOGLE', messages });
      expect(violation!.message).toBe(
        'is image/gif, which Google does not take: its images are image/jpeg, image/png, image/webp',
      );
    });
  });
});
