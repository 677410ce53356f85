/** So many decimal places has a picodollar, the millionth part of a millionth of a US dollar. */
const PLACES = 12;
/** As long as any amount that is one: a longer text is not read. */
const LONGEST = 40;
const AMOUNT = /^(\d+)(?:\.(\d+))?$/;

/** An amount as decimal text, exact, without zeros at its end: `0.00125`. @param picos whole picodollars */
export function dollarsOf(picos: bigint): string {
  const digits = String(picos).padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return digits.slice(0, -PLACES) + (fraction && `.${fraction}`);
}

/** Whole picodollars; null where the text is no amount, or has more places than a picodollar. */
export function picosOf(dollars: string): bigint | null {
  const [, whole = '', fraction = ''] = (dollars.length <= LONGEST && AMOUNT.exec(dollars)) || [];
  if (whole === '' || fraction.length > PLACES) return null;
  return BigInt(whole + fraction.padEnd(PLACES, '0'));
}
