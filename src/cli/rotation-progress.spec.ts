import { RotationProgress } from './rotation-progress.js';

describe('the progress of a rotation', () => {
  let now = 0;
  const lines: string[] = [];
  beforeEach(() => {
    now = 0;
    lines.length = 0;
  });
  const start = (total: number) =>
    new RotationProgress(
      total,
      (line) => lines.push(line),
      () => now,
    );

  it('is said after the first page, and once a second at most, with what is left', () => {
    const progress = start(1_000);
    for (const at of [500, 600, 1_499, 1_500, 1_600]) {
      now = at;
      progress.add(100);
    }
    expect(lines).toEqual(['  100 of 1000 (10 %), about 5 s left', '  400 of 1000 (40 %), about 3 s left']);
    expect([progress.done, progress.seconds]).toEqual([500, '1.6']);
  });

  it('says nothing impossible where more came than there were at first', () => {
    now = 100;
    start(10).add(15);
    expect(lines).toEqual(['  15 of 15 (100 %), about 0 s left']);
  });
});
