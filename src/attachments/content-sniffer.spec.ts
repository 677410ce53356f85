import { ContentSniffer } from './content-sniffer.js';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

/** What a content is found to be when it comes in pieces of this size. */
function sniff(content: Uint8Array, size: number): string | null {
  const sniffer = new ContentSniffer();
  for (let start = 0; start < content.length; start += size)
    sniffer.push(content.subarray(start, start + size));
  return sniffer.end();
}

describe('ContentSniffer', () => {
  it.each<[string, string | null, Uint8Array]>([
    ['a JPEG', 'image/jpeg', Buffer.from('ffd8ffe000104a46', 'hex')],
    ['a PNG', 'image/png', png],
    ['a GIF', 'image/gif', Buffer.from('GIF89a\x01\0\x01\0', 'latin1')],
    ['an older GIF', 'image/gif', Buffer.from('GIF87a')],
    ['a WebP', 'image/webp', Buffer.from('RIFF\x1a\0\0\0WEBPVP8 ', 'latin1')],
    ['a PDF', 'application/pdf', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3', 'latin1')],
    ['text', 'text/plain', Buffer.from('Größe? 日本 👩‍💻\r\n\tEnd')],
    ['text that names a format', 'text/plain', Buffer.from('A RIFF is no WEBP')],
    ['a WAV', null, Buffer.from('RIFF\x1a\0\0\0WAVEfmt ', 'latin1')],
    ['text in Latin-1', null, Buffer.from('Größe', 'latin1')],
    ['text that ends within a character', null, Buffer.from('日本').subarray(0, -1)],
    ['text with a NUL', null, Buffer.from('a\0b')],
    ['a program', null, Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1')],
    ['nothing', null, Buffer.alloc(0)],
  ])('tells what %s is, in whatever pieces it comes', (_, type, content) => {
    for (const size of [1, 2, 7, 1_000]) expect(sniff(content, size)).toBe(type);
  });

  it('says as early as it shows that a content is none of what it knows', () => {
    const sniffer = new ContentSniffer();
    expect(sniffer.push(Buffer.from('\xff\xd8', 'latin1'))).toBe(true);
    expect(sniffer.push(Buffer.from('A picture of nothing'))).toBe(false);
    expect(
      new ContentSniffer().push(Buffer.from('\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b', 'latin1')),
    ).toBe(false);
  });
});
