import { readUrl } from './read-url.js';

describe('readUrl', () => {
  it('reads an address of any characters, however often it has read others', () => {
    const isRead = (text: string): boolean => readUrl(text) !== null;
    for (let count = 0; count < 20_000; count += 1) isRead('https://a.example/v1');
    expect(readUrl('https://b\u00fccher.example/v1')?.host).toBe('xn--bcher-kva.example');
    expect(isRead('https://')).toBe(false);
  });
});
