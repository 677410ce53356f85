import { ValidateBy } from 'class-validator';
import { picosOf } from './dollars.js';

const MOST = '1000000000';
const MOST_PICOS = picosOf(MOST) ?? 0n;

/** For amounts of dollars that are decimal text. */
export const IsAmount = (): PropertyDecorator =>
  ValidateBy({
    name: 'isAmount',
    validator: {
      validate: (value: unknown) => {
        const picos = typeof value === 'string' ? picosOf(value) : null;
        return picos !== null && picos > 0n && picos <= MOST_PICOS;
      },
      defaultMessage: () =>
        `must be a decimal number of more than 0 and at most ${MOST}, with 12 decimal places at the most`,
    },
  });
