import { useFormatter } from 'use-intl';

interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** @returns what writes an amount: to the cent, and a smaller one as exactly as it takes to say something */
export function useMoney(): (cost: Money) => string {
  const format = useFormatter();
  return ({ amount, currency }) => {
    const value = Number(amount);
    const size = Math.abs(value);
    return format.number(value, {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6,
    });
  };
}
