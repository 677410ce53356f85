import { ValidateBy } from 'class-validator';
import { findKeyMistake, type KeyRules } from '../common/key-mistake.js';
import type { ProviderDefinition } from '../common/provider-definition.js';
import { registry } from '../providers/registry/registry.js';

const rules: KeyRules = {
  shortest: 8,
  publicPrefixes: (registry as readonly ProviderDefinition[]).flatMap(
    ({ keyPrefixes }) => keyPrefixes.public,
  ),
};

const mistakeIn = (value: unknown): string | null =>
  typeof value === 'string' ? findKeyMistake(value, rules) : 'must be a text';

/** A key, and not what stands for one: see {@link findKeyMistake}. */
export const IsWholeKey = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWholeKey',
    validator: {
      validate: (value: unknown) => mistakeIn(value) === null,
      defaultMessage: (violation) => mistakeIn(violation?.value) ?? '',
    },
  });
