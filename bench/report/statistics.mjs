/** @param {readonly number[]} values @param {number} share 0.5: the median @returns {number} NaN where there are none */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** @param {readonly number[]} values of the rounds: with two in the middle, the mean of them */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** How many failed, by their codes. @param {readonly { code: string | null }[]} answers */
export function countCodes(answers) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { code } of answers) if (code !== null) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** `1,908 × SERVICE_UNAVAILABLE`; empty where nothing failed. @param {Record<string, number>} failures */
export const describeFailures = (failures) =>
  Object.entries(failures)
    .map(([code, count]) => `${count.toLocaleString('en')} × ${code}`)
    .join(', ');
