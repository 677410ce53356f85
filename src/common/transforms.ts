import { Transform } from 'class-transformer';

const textTransform = (change: (text: string) => string): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? change(value) : value));

/** Takes surrounding white space away before an input is validated. */
export const Trimmed = (): PropertyDecorator => textTransform((text) => text.trim());

/**
 * Text that people read in lists: no control characters, none that turn the direction of what follows, and no halves of
 * characters, which no database stores.
 */
export const READABLE_TEXT = /^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u;

/** Makes codes that are written in any case comparable before an input is validated. */
export const UpperCase = (): PropertyDecorator => textTransform((text) => text.toUpperCase());
export const LowerCase = (): PropertyDecorator => textTransform((text) => text.toLowerCase());
