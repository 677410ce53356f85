import { anomalyRules, ownerRules } from '../../../common/anomaly-rules.js';
import { allRules } from './all-rules.js';

describe('the rules', () => {
  it('are those that have a name, each once', () => {
    expect(allRules.map(({ name }) => name)).toEqual(anomalyRules);
  });

  it('have a user where a user can be told of them', () => {
    const ofUsers = allRules.filter(({ isOfUser }) => isOfUser).map(({ name }) => name);
    expect(ofUsers).toEqual(ownerRules);
  });
});
