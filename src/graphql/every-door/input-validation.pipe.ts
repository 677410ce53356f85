import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { BadUserInputError, type Violation } from '../../common/input-errors.js';
import { JsonInput } from '../../common/json.scalar.js';

/** Types without rules (pages of a list) need no more than GraphQL's own check. */
const OPTIONS = { forbidUnknownValues: false, validationError: { target: false, value: false } };

/**
 * class-validator on every input: its complaints become BAD_USER_INPUT with the field's path, never the value.
 *
 * Nest's own pipe first looks at every value for what a JSON body might bring; what GraphQL has coerced has none of it,
 * and every chat would pay for the look.
 */
@Injectable()
export class InputValidationPipe implements PipeTransform {
  async transform(value: unknown, { type, metatype, data }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || !isInputType(metatype) || typeof value !== 'object' || value === null)
      return value;
    const input = toInstance(metatype, value);
    const errors = await validate(input, OPTIONS);
    if (errors.length > 0)
      throw new BadUserInputError(errors.flatMap((error) => toViolations(error, parentsOf(data))));
    return input;
  }
}

/**
 * Lists and JSON stay as they are: no rule and no transformation is about what they hold, and they may hold very much, of
 * which class-transformer would make a copy. In JSON it also takes some names for its own (`constructor`).
 */
function toInstance(metatype: Type<object>, value: object): object {
  const kept = Object.entries(value).filter(([, item]) => Array.isArray(item) || item instanceof JsonInput);
  // They keep their places.
  const held = Object.fromEntries(kept.map(([name]) => [name, undefined]));
  return Object.assign(plainToInstance(metatype, { ...value, ...held }), Object.fromEntries(kept));
}

/** Whether it is a class of ours: scalars and lists have no rules. */
const isInputType = (metatype: Type | undefined): metatype is Type<object> =>
  metatype !== undefined &&
  !([String, Boolean, Number, Array, Object, Date] as readonly unknown[]).includes(metatype);

const parentsOf = (argument: string | undefined): readonly string[] => (argument ? [argument] : []);

function toViolations(
  { property, constraints, children }: ValidationError,
  parents: readonly string[],
): Violation[] {
  const path = [...parents, property];
  const own = Object.values(constraints ?? {}).map((message) => ({
    path: path.join('.'),
    // class-validator begins its messages with the property's name, which the path already has.
    message: message.startsWith(`${property} `) ? message.slice(property.length + 1) : message,
  }));
  return [...own, ...(children ?? []).flatMap((child) => toViolations(child, path))];
}
