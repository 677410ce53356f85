import { compareSelections, seedsFrom, sumOf } from '../../../../test/support/random/compare-selections.js';
import { Draw } from '../../../../test/support/random/draw.js';
import { drawSchema } from '../../../../test/support/random/random-schema.js';

const SCHEMAS = 50;
const DOCUMENTS_EACH = 100;

describe('compiled selections of random subscriptions to random schemas', () => {
  it('write what the executor says, or leave it to the executor', () => {
    const { documents, compiled, good, written, bad } = sumOf(
      seedsFrom(0, SCHEMAS).map((seed) => {
        const schema = drawSchema(new Draw(seed), seed % 3 === 0);
        const fields = Object.keys(schema.getSubscriptionType()!.getFields());
        const calls = fields.map((field) => ({ field, call: field }));
        return compareSelections(schema, calls, seedsFrom(seed * DOCUMENTS_EACH, DOCUMENTS_EACH));
      }),
    );
    expect(compiled / documents).toBeGreaterThan(0.7);
    // It gives up on what no resolver of ours gives: sets, or objects that say themselves how they are written.
    expect(written / good).toBeGreaterThan(0.9);
    expect(bad / documents).toBeGreaterThan(0.1);
  });
});
