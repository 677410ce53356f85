import { runsOf } from './runs';
import type { Candidate } from './use-resolution';

const candidate = (text: string): Candidate => {
  const [provider, source] = text.split(' ');
  return { provider, source } as Candidate;
};

describe('the runs of candidates', () => {
  it('keep the order, and say once whose keys follow each other', () => {
    const order = [
      'TAVILY USER',
      'TAVILY SERVER',
      'BRAVE USER',
      'SERPER USER',
      'BRAVE SERVER',
      'SERPER SERVER',
    ];
    const runs = runsOf(order.map(candidate));
    expect(runs.map(({ source, members }) => [source, members.length])).toEqual([
      ['USER', 1],
      ['SERVER', 1],
      ['USER', 2],
      ['SERVER', 2],
    ]);
    expect(runs.flatMap(({ members }) => members)).toEqual(order.map(candidate));
  });

  it('are none where there are no candidates', () => {
    expect(runsOf([])).toEqual([]);
  });
});
