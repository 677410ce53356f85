import { markdownTable } from './table.mjs';

/**
 * Where a server's time went under one load.
 *
 * @typedef {object} LabelledProfile
 * @property {string} label which server: `before`
 * @property {string} load
 * @property {Record<string, number>} stages microseconds a delta, or a chat, by stage
 * @property {string} unit
 */

/** A table for each load, a column for each label. @param {readonly LabelledProfile[]} profiles */
export function profileTable(profiles) {
  const loads = [...new Set(profiles.map(({ load }) => load))];
  return loads.map((load) => tableOf(profiles.filter((profile) => profile.load === load))).join('\n\n');
}

/** @param {readonly LabelledProfile[]} profiles of one load */
function tableOf(profiles) {
  const [first] = profiles;
  const stages = [...new Set(profiles.flatMap((profile) => Object.keys(profile.stages)))];
  const most = (/** @type {string} */ stage) => Math.max(...profiles.map((each) => each.stages[stage] ?? 0));
  const labels = profiles.map(({ label }) => label);
  const lines = stages
    .sort((one, other) => most(other) - most(one))
    .map((stage) => [stage, ...profiles.map((each) => microseconds(each.stages[stage] ?? 0))]);
  const sums = profiles.map((each) =>
    microseconds(Object.values(each.stages).reduce((sum, value) => sum + value, 0)),
  );
  return `${first?.load}, ${first?.unit}:\n\n${markdownTable(['stage', ...labels], [...lines, ['all', ...sums]], labels)}`;
}

/** @param {number} value */
export const microseconds = (value) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
