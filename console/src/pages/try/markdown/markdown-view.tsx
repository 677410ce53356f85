import { memo, type ReactNode, useSyncExternalStore } from 'react';
import { BlockView } from './block-view';
import styles from './markdown.module.css';
import type { Shown } from './shown';
import type { StreamedText } from './streamed-text';

/** Markdown of a model as it arrives. What is finished is not rendered again. */
export function MarkdownView({ text }: { readonly text: StreamedText }): ReactNode {
  const shown = useSyncExternalStore(text.subscribe, text.shown);
  return (
    <div className={styles.text} dir="auto" data-answer-text>
      {shown?.groups.map((group, at) => (
        <BlockGroup key={at} group={group} />
      ))}
    </div>
  );
}

const BlockGroup = memo(({ group }: { readonly group: readonly Shown[] }): ReactNode =>
  group.map((shown, at) => <OutermostBlock key={at} shown={shown} />),
);
BlockGroup.displayName = 'BlockGroup';

const OutermostBlock = memo(({ shown }: { readonly shown: Shown }): ReactNode => (
  <div className={styles.block}>
    <BlockView shown={shown} />
  </div>
));
OutermostBlock.displayName = 'OutermostBlock';
