import { BadUserInputError } from '../../common/input-errors.js';
import { type MediaPart, mediaOf, type MediaTypes, PDF, takes } from '../../providers/chat/media.js';
import { type ChatProviderId, getProviderEntry } from '../../providers/registry/provider-ids.js';
import type { Conversation } from './conversation.js';

/** Whether a provider's API takes all that a conversation has. */
export const takesAll = (provider: ChatProviderId, conversation: Conversation): boolean =>
  refusedBy(provider, conversation).length === 0;

/**
 * Refuses for a provider what its API does not take, before anything is spent.
 *
 * @throws BadUserInputError BAD_USER_INPUT, which names each such image and file
 */
export function checkMedia(provider: ChatProviderId, conversation: Conversation): void {
  const refused = refusedBy(provider, conversation);
  if (refused.length === 0) return;
  const { displayName, media } = getProviderEntry(provider);
  throw new BadUserInputError(
    refused.map((part) => ({
      path: `input.${part.inputPath}`,
      message: `is ${part.mimeType}, which ${displayName} does not take: ${whatIsTaken(media, part)}`,
    })),
  );
}

const refusedBy = (provider: ChatProviderId, conversation: Conversation): MediaPart[] =>
  mediaOf(conversation).filter((part) => !takes(getProviderEntry(provider).media, part));

function whatIsTaken({ images }: MediaTypes, { mimeType }: MediaPart): string {
  if (mimeType === PDF) return 'of files it takes text alone';
  return images.length === 0 ? 'it takes no images' : `its images are ${images.join(', ')}`;
}
