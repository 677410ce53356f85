import { Transform } from 'class-transformer';
import { cleanKey } from './clean-key.js';

const textTransform = (change: (text: string) => string): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? change(value) : value));

/** Takes surrounding white space away before an input is validated. */
export const Trimmed = (): PropertyDecorator => textTransform((text) => text.trim());

/** Makes codes that are written in any case comparable before an input is validated. */
export const UpperCase = (): PropertyDecorator => textTransform((text) => text.toUpperCase());
export const LowerCase = (): PropertyDecorator => textTransform((text) => text.toLowerCase());

/** Takes what people paste around a key away before it is validated. */
export const CleanKey = (): PropertyDecorator => textTransform(cleanKey);
