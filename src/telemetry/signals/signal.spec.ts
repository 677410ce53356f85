import { Signal } from './signal.js';

describe('a signal', () => {
  it('tells whoever listens, until they have heard enough', () => {
    const signal = new Signal<{ readonly value: number }>('test.heard');
    const heard: number[] = [];
    signal.tell({ value: 1 });
    const stop = signal.listen(({ value }) => heard.push(value));
    signal.tell({ value: 2 });
    stop();
    signal.tell({ value: 3 });
    expect(heard).toEqual([2]);
  });

  it('reaches more than one, and none of another name', () => {
    const signal = new Signal<object>('test.one');
    const heard: string[] = [];
    const stops = ['a', 'b'].map((name) => signal.listen(() => heard.push(name)));
    new Signal<object>('test.other').tell({});
    signal.tell({});
    for (const stop of stops) stop();
    expect(heard).toEqual(['a', 'b']);
  });
});
