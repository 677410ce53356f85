import { fromAddress, noFilter, toAddress, toQuery } from './audit-filter';

const ID = '0197c000-0000-7000-8000-000000000001';
const read = (address: string) => fromAddress(new URLSearchParams(address));

describe('the filter of the trail', () => {
  const all = {
    ...{ kinds: ['CHAT_FINISHED', 'KEY_USED'], provider: 'OPENAI', key: ID, chat: ID },
    ...{ from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' },
  };

  it('is what the address says, and back', () => {
    const address = toAddress(all, new URLSearchParams('other=1'));
    expect(address.get('other')).toBe('1');
    expect(fromAddress(address)).toEqual(all);
    expect(toAddress(noFilter, address).toString()).toBe('other=1');
  });

  it.each([
    'kinds=NONSENSE,&provider=open-ai&key=1&chat=ks_secret&from=yesterday&to=',
    'kinds=&from=NaN&provider=OPENAI%00',
    '',
  ])('leaves out what is no condition: %s', (address) => {
    expect(read(address)).toEqual(noFilter);
  });

  it('asks for what is chosen, and nothing else', () => {
    expect(toQuery(noFilter)).toEqual({});
    expect(toQuery(all)).toEqual({
      ...{ kinds: ['CHAT_FINISHED', 'KEY_USED'], provider: 'OPENAI', keyId: ID, chatId: ID },
      ...{ from: all.from, to: all.to },
    });
  });

  it('takes moments with any offset', () => {
    expect(read('from=2026-01-01T01:00:00%2B01:00').from).toBe('2026-01-01T00:00:00.000Z');
  });
});
