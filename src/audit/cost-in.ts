import { type Cost, CURRENCY } from '../common/cost.js';

/** A decimal number as the database's client has it: exact, and without zeros at its end. */
interface Decimal {
  toFixed(): string;
}

/** What a column of dollars holds. */
export const costIn = (column: Decimal | null): Cost | null =>
  column && { amount: column.toFixed(), currency: CURRENCY };
