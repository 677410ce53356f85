import { DAY, observe, START, times, used } from '../../../../test/support/observed.js';
import { newModel } from './new-model.js';

const habit = used({ at: START, keyAge: 0 });
const later = (days: number, said = {}) => used({ at: START + days * DAY, keyAge: days * DAY, ...said });

describe('NEW_MODEL', () => {
  it('is found where an old key is used with a model for the first time', () => {
    expect(
      observe(newModel, [habit, later(30), later(40, { model: 'other' }), later(50, { model: 'other' })]),
    ).toEqual([
      [40 * DAY, 'A key that was stored 40 days ago was used with the model other for the first time.'],
    ]);
  });

  it('is found where an old key, and so its provider, is used for the first time', () => {
    expect(observe(newModel, [later(40, { model: null })])).toEqual([
      [40 * DAY, 'A key that was stored 40 days ago was used for the first time.'],
    ]);
  });

  it('is none in the first week of a key, which learns meanwhile', () => {
    const week = times(6, (day) => later(day, { model: `model-${String(day)}` }));
    expect(observe(newModel, [...week, later(20, { model: 'model-3' })])).toEqual([]);
  });

  it('is none with a key of the server', () => {
    expect(observe(newModel, [used({ at: START, keyId: null })])).toEqual([]);
  });

  it('takes no list of models for a use of one', () => {
    expect(newModel.subjectOf(later(40))).not.toBeNull();
    expect(newModel.subjectOf({ ...later(40, { model: null }), isList: true })).toBeNull();
  });

  it('is found once a day, however many models are tried out, and they are known then', () => {
    const tried = (days: number) =>
      times(3, (index) => later(days, { model: `model-${String(days)}-${String(index)}` }));
    expect(observe(newModel, [habit, ...tried(30), ...tried(31), ...tried(31)])).toHaveLength(2);
  });

  it('writes down once a month that a key is used, so that it is not forgotten', () => {
    const first = newModel.observe(null, habit).state;
    expect(newModel.observe(first, later(29)).state).toBeNull();
    expect(newModel.observe(first, later(30))).toEqual({
      state: { models: ['usual'], raisedAt: null, usedAt: START + 30 * DAY },
      finding: null,
    });
  });

  it('keeps a hundred models, and repeats no more of a name than a hundred characters', () => {
    let state = null;
    for (const event of times(300, (index) => later(30, { model: String(index) })))
      state = newModel.observe(state, event).state ?? state;
    expect(state?.models).toHaveLength(100);
    const [[, explanation] = [0, '']] = observe(newModel, [habit, later(30, { model: 'x'.repeat(500) })]);
    expect(explanation.length).toBeLessThan(200);
  });
});
