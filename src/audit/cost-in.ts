import { type Cost, costOfPicos } from '../common/cost.js';
import { picosOf } from '../common/dollars.js';

/** A decimal number as the database's client has it. */
interface Decimal {
  toFixed(): string;
}

/** What a column of dollars holds. */
export function costIn(column: Decimal | null): Cost | null {
  const picos = column && picosOf(column.toFixed());
  return picos === null ? null : costOfPicos(picos);
}
