import { Injectable } from '@nestjs/common';
import { providerIdsOf, type SearchProviderId } from '../providers/registry/provider-ids.js';
import { SettingsRepository, type StoredSettings } from './settings.repository.js';
import { FallbackPolicy, type UpdateSettingsInput, type Viewer } from './viewer.model.js';

const DEFAULTS: StoredSettings = { fallbackPolicy: 'USE_SERVER', defaultSearchProvider: null };

/** What a user has chosen for all of their requests. Key resolution reads it with the keys, in one statement. */
@Injectable()
export class SettingsService {
  constructor(private readonly settings: SettingsRepository) {}

  async find(userId: string): Promise<Viewer> {
    return toViewer(userId, (await this.settings.find(userId)) ?? DEFAULTS);
  }

  async update(userId: string, input: UpdateSettingsInput): Promise<Viewer> {
    const { fallbackPolicy, defaultSearchProvider } = input;
    const changes = {
      ...(fallbackPolicy !== undefined && { fallbackPolicy: fallbackPolicy ?? DEFAULTS.fallbackPolicy }),
      ...(defaultSearchProvider !== undefined && { defaultSearchProvider }),
    };
    const words = Object.entries(changes).map(([name, value]) => `${name}: ${value ?? 'none'}`);
    const detail = words.join(', ') || 'nothing changed';
    return toViewer(userId, await this.settings.update(userId, changes, detail));
  }
}

/** What this version does not know is shown as what it does with it: such a policy is no leave to spend. */
function toViewer(id: string, { fallbackPolicy, defaultSearchProvider }: StoredSettings): Viewer {
  const engines: readonly string[] = providerIdsOf('SEARCH');
  const isKnown = defaultSearchProvider !== null && engines.includes(defaultSearchProvider);
  return {
    id,
    fallbackPolicy: fallbackPolicy === 'USE_SERVER' ? FallbackPolicy.USE_SERVER : FallbackPolicy.NEVER,
    defaultSearchProvider: isKnown ? (defaultSearchProvider as SearchProviderId) : null,
  };
}
