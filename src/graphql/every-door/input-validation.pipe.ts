import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { BadUserInputError, type Violation } from '../../common/input-errors.js';

/** class-validator on every input: its complaints become BAD_USER_INPUT with the field's path, never the value. */
@Injectable()
export class InputValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      // Types without rules (pages of a list) need no more than GraphQL's own check.
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new BadUserInputError(errors.flatMap((error) => toViolations(error, []))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof BadUserInputError) || !metadata.data) throw error;
      const argument = metadata.data;
      throw new BadUserInputError(
        error.violations.map(({ path, message }) => ({ path: `${argument}.${path}`, message })),
      );
    }
  }
}

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
