import { Square, SquareCheck } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { CodeView } from './code-view';
import styles from './markdown.module.css';
import type { Shell, Shown } from './shown';
import { TableView } from './table-view';
import { WordsView } from './words-view';

/** A block, or a piece of one. It is rendered again only where it is another one. */
export const BlockView = memo(({ shown }: { readonly shown: Shown }): ReactNode => {
  const { shell } = shown;
  switch (shell.type) {
    case 'words':
      return <WordsView words={shell.words} />;
    case 'lines':
      return shell.value;
    case 'code':
      return <CodeView shown={shown} language={shell.language} />;
    case 'table':
      return <TableView shown={shown} align={shell.align} />;
    case 'heading': {
      const Heading = HEADINGS[shell.depth];
      return (
        <Heading className={styles.heading} data-depth={shell.depth}>
          <Inside of={shown} />
        </Heading>
      );
    }
    case 'list':
      return <ListView shown={shown} list={shell} />;
    case 'listItem':
      return <ItemView shown={shown} checked={shell.checked} />;
    case 'note':
      return (
        <div className={styles.note}>
          <span>{`[^${shell.label}]`}</span>
          <Inside of={shown} />
        </div>
      );
    case 'blockquote':
      return (
        <blockquote>
          <Inside of={shown} />
        </blockquote>
      );
    case 'thematicBreak':
      return <hr />;
    case 'html':
      return (
        <p className={styles.raw}>
          <Inside of={shown} />
        </p>
      );
    case 'paragraph':
      return (
        <p>
          <Inside of={shown} />
        </p>
      );
    case 'root':
    case 'tableRow':
    case 'tableCell':
      return <Inside of={shown} />;
  }
});
BlockView.displayName = 'BlockView';

/** Below the headings of the page. */
const HEADINGS = { 1: 'h3', 2: 'h3', 3: 'h4', 4: 'h5', 5: 'h6', 6: 'h6' } as const;

/** What is in a block, without an element of its own. */
export const Inside = ({ of: { groups } }: { readonly of: Shown }): ReactNode =>
  groups.map((group, at) => <InnerGroup key={at} group={group} />);

const InnerGroup = memo(({ group }: { readonly group: readonly Shown[] }): ReactNode =>
  group.map((shown, at) => <BlockView key={at} shown={shown} />),
);
InnerGroup.displayName = 'InnerGroup';

interface ListViewProps {
  readonly shown: Shown;
  readonly list: Extract<Shell, { type: 'list' }>;
}

function ListView({ shown, list: { ordered, start, loose } }: ListViewProps): ReactNode {
  const className = loose ? styles.loose : styles.tight;
  return ordered ? (
    <ol start={start} className={className}>
      <Inside of={shown} />
    </ol>
  ) : (
    <ul className={className}>
      <Inside of={shown} />
    </ul>
  );
}

interface ItemViewProps {
  readonly shown: Shown;
  readonly checked: boolean | null;
}

function ItemView({ shown, checked }: ItemViewProps): ReactNode {
  const t = useTranslations('try');
  const Icon = checked ? SquareCheck : Square;
  return (
    <li className={checked === null ? undefined : styles.task}>
      {checked !== null && <Icon size={16} role="img" aria-label={checked ? t('taskDone') : t('taskOpen')} />}
      <Inside of={shown} />
    </li>
  );
}
