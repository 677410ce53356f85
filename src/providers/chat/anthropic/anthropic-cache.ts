import type {
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages';

/** The API caches a request as far as its marks, four at the most: https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const MARK = { cache_control: { type: 'ephemeral' } } as const;

/** A text with a mark; as it is where it is blank: that takes none. */
export const markedText = (text: string): string | TextBlockParam[] =>
  text.trim() === '' ? text : [{ type: 'text', text, ...MARK }];

/** The conversation, with a mark where it ends now: the next request finds it there. */
export function withLastMarked(messages: readonly MessageParam[]): MessageParam[] {
  const last = messages.at(-1);
  if (!last) return [];
  const { content } = last;
  const marked = typeof content === 'string' ? markedText(content) : withLastBlockMarked(content);
  return [...messages.slice(0, -1), { ...last, content: marked } as MessageParam];
}

function withLastBlockMarked(blocks: readonly ContentBlockParam[]): ContentBlockParam[] {
  const last = blocks.at(-1);
  const takesMark =
    last?.type === 'tool_result' ||
    last?.type === 'image' ||
    last?.type === 'document' ||
    (last?.type === 'text' && last.text.trim() !== '');
  return takesMark ? [...blocks.slice(0, -1), { ...last, ...MARK }] : [...blocks];
}
