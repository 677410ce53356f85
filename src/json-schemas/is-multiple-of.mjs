/**
 * Whether a number is a multiple of another one, exactly, by the decimals that both are written with.
 *
 * @param {number} value
 * @param {number} divisor above zero
 */
export function isMultipleOf(value, divisor) {
  // JSON may write a number that is larger than any of ours.
  if (!Number.isFinite(value) || !Number.isFinite(divisor)) return false;
  const [dividend, divider] = [decimalOf(value), decimalOf(divisor)];
  const exponent = Math.min(dividend.exponent, divider.exponent);
  const scaled = ({ digits, exponent: own } = dividend) => digits * 10n ** BigInt(own - exponent);
  return scaled(dividend) % scaled(divider) === 0n;
}

/** @param {number} number @returns {{ digits: bigint, exponent: number }} its size is `digits` times ten to the `exponent` */
function decimalOf(number) {
  const [decimals = '0', exponent = '0'] = String(Math.abs(number)).split('e');
  const [whole = '', fraction = ''] = decimals.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
