import { Injectable } from '@nestjs/common';
import { ownerRules } from '../common/anomaly-rules.js';
import { BadUserInputError } from '../common/input-errors.js';
import { providerIdsOf, type SearchProviderId } from '../providers/registry/provider-ids.js';
import { SettingsRepository, type StoredSettings } from './settings.repository.js';
import { FallbackPolicy, MOST_MUTED, type UpdateSettingsInput, type Viewer } from './viewer.model.js';

const DEFAULTS: StoredSettings = {
  fallbackPolicy: 'USE_SERVER',
  defaultSearchProvider: null,
  mutedRules: [],
};

/** What a user has chosen for all of their requests. Key resolution reads it with the keys, in one statement. */
@Injectable()
export class SettingsService {
  constructor(private readonly settings: SettingsRepository) {}

  async find(userId: string): Promise<Viewer> {
    return toViewer(userId, (await this.settings.find(userId)) ?? DEFAULTS);
  }

  /** @throws BadUserInputError BAD_USER_INPUT for a rule that there is not */
  async update(userId: string, input: UpdateSettingsInput): Promise<Viewer> {
    const { fallbackPolicy, defaultSearchProvider, mutedRules } = input;
    checkRules(mutedRules ?? []);
    const changes = {
      ...(fallbackPolicy !== undefined && { fallbackPolicy: fallbackPolicy ?? DEFAULTS.fallbackPolicy }),
      ...(defaultSearchProvider !== undefined && { defaultSearchProvider }),
      ...(mutedRules !== undefined && { mutedRules: [...new Set(mutedRules ?? [])].sort() }),
    };
    const words = Object.entries(changes).map(([name, value]) => `${name}: ${inWords(value)}`);
    const detail = words.join(', ') || 'nothing changed';
    return toViewer(userId, await this.settings.update(userId, changes, detail));
  }
}

function inWords(value: string | readonly string[] | null): string {
  const words = typeof value === 'string' ? value : (value?.join(' ') ?? '');
  return words === '' ? 'none' : words;
}

function checkRules(rules: readonly string[]): void {
  const known: readonly string[] = ownerRules;
  const violations = rules.flatMap((rule, index) =>
    known.includes(rule)
      ? []
      : [{ path: `input.mutedRules.${index}`, message: `must be one of ${known.join(', ')}` }],
  );
  if (violations.length > 0) throw new BadUserInputError(violations);
}

/** What this version does not know is shown as what it does with it: such a policy is no leave to spend. */
function toViewer(id: string, { fallbackPolicy, defaultSearchProvider, mutedRules }: StoredSettings): Viewer {
  const engines: readonly string[] = providerIdsOf('SEARCH');
  const isKnown = defaultSearchProvider !== null && engines.includes(defaultSearchProvider);
  return {
    id,
    fallbackPolicy: fallbackPolicy === 'USE_SERVER' ? FallbackPolicy.USE_SERVER : FallbackPolicy.NEVER,
    defaultSearchProvider: isKnown ? (defaultSearchProvider as SearchProviderId) : null,
    mutedRules: mutedRules.slice(0, MOST_MUTED),
  };
}
