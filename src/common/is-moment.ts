import { ValidateBy } from 'class-validator';

const FIRST = Date.UTC(1970, 0);
const END = Date.UTC(3000, 0);

/** For arguments of type DateTime: the database does not take every year that a Date can have. */
export const IsMoment = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value: unknown) =>
        value instanceof Date && value.getTime() >= FIRST && value.getTime() < END,
      defaultMessage: () => 'must be of the years 1970 to 2999',
    },
  });
