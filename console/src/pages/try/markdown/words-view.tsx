import { Fragment, memo, type ReactNode } from 'react';
import type { Words } from './shown';

/** Words with their markup. */
export const WordsView = memo(({ words }: { readonly words: readonly Words[] }): ReactNode =>
  rendered(words),
);
WordsView.displayName = 'WordsView';

const rendered = (words: readonly Words[]): ReactNode =>
  words.map((each, at) => <Fragment key={at}>{renderedOne(each)}</Fragment>);

function renderedOne(words: Words): ReactNode {
  switch (words.type) {
    case 'text':
      return words.value;
    case 'inlineCode':
      return <code>{words.value}</code>;
    case 'break':
      return <br />;
    case 'emphasis':
      return <em>{rendered(words.children)}</em>;
    case 'strong':
      return <strong>{rendered(words.children)}</strong>;
    case 'delete':
      return <del>{rendered(words.children)}</del>;
    case 'link':
      return (
        <a
          href={words.url}
          {...(words.title !== null && { title: words.title })}
          target="_blank"
          rel="noopener noreferrer nofollow"
        >
          {rendered(words.children)}
        </a>
      );
  }
}
