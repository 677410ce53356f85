/** What is shown of a text: Markdown without HTML, pictures from elsewhere and addresses of unknown kinds. */
export interface Shown {
  readonly shell: Shell;
  /** What is in it, {@link GROUP} at a time: a group that is full never changes again, and neither does what is in it. */
  readonly groups: readonly (readonly Shown[])[];
}

export type Shell =
  | {
      readonly type:
        'root' | 'blockquote' | 'tableRow' | 'tableCell' | 'paragraph' | 'thematicBreak' | 'html';
    }
  | { readonly type: 'heading'; readonly depth: 1 | 2 | 3 | 4 | 5 | 6 }
  | { readonly type: 'code'; readonly language: string }
  | { readonly type: 'list'; readonly ordered: boolean; readonly start: number; readonly loose: boolean }
  | { readonly type: 'listItem'; readonly checked: boolean | null }
  | { readonly type: 'table'; readonly align: readonly Alignment[] }
  | { readonly type: 'note'; readonly label: string }
  /** A piece of a paragraph, a heading or a cell. */
  | { readonly type: 'words'; readonly words: readonly Words[] }
  /** A piece of code. */
  | { readonly type: 'lines'; readonly value: string };

export type Alignment = 'left' | 'right' | 'center' | null;

export type Words =
  | { readonly type: 'text' | 'inlineCode'; readonly value: string }
  | { readonly type: 'emphasis' | 'strong' | 'delete'; readonly children: readonly Words[] }
  | {
      readonly type: 'link';
      readonly url: string;
      readonly title: string | null;
      readonly children: readonly Words[];
    }
  | { readonly type: 'break' };

export const GROUP = 50;

/** A list of things to show that grows: what it gives out shares with what it gave out before all that is full. */
export class Grown {
  readonly #groups: Shown[][] = [];

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  push(...items: readonly Shown[]): void {
    for (const item of items) {
      const last = this.#groups.at(-1);
      if (last && last.length < GROUP) last.push(item);
      else this.#groups.push([item]);
    }
  }

  /** Puts other things in the place of some. */
  replace(change: (item: Shown) => Shown): void {
    this.#groups.forEach((group, at) => {
      const changed = group.map(change);
      if (changed.some((item, index) => item !== group[index])) this.#groups[at] = changed;
    });
  }

  /** All that it has, and some things more. */
  with(more: readonly Shown[]): readonly (readonly Shown[])[] {
    const last = this.#groups.at(-1);
    if (!last) return grouped(more);
    return last.length === GROUP
      ? [...this.#groups, ...grouped(more)]
      : [...this.#groups.slice(0, -1), ...grouped([...last, ...more])];
  }
}

export function grouped(items: readonly Shown[]): readonly (readonly Shown[])[] {
  const groups: Shown[][] = [];
  for (let at = 0; at < items.length; at += GROUP) groups.push(items.slice(at, at + GROUP));
  return groups;
}

export const leaf = (shell: Shell): Shown => ({ shell, groups: [] });

/** Texts that stand beside each other, as one. */
export function joined(words: readonly Words[]): Words[] {
  const all: Words[] = [];
  for (const each of words) {
    const last = all.at(-1);
    if (each.type === 'text' && last?.type === 'text')
      all[all.length - 1] = { type: 'text', value: last.value + each.value };
    else all.push(each);
  }
  return all;
}

/** What a reader sees of it, as text to be compared: into how many pieces it is cut makes no difference. */
export function outlineOf({ shell, groups }: Shown): string {
  const items = groups.flat();
  const shells = items.map((item) => item.shell);
  const words = shells.flatMap((each) => (each.type === 'words' ? each.words : []));
  const lines = shells.map((each) => (each.type === 'lines' ? each.value : '')).join('');
  const blocks = items.filter((item) => item.shell.type !== 'words' && item.shell.type !== 'lines');
  const inside = words.length > 0 ? JSON.stringify(joined(words)) : lines;
  return `${JSON.stringify(shell)}{${inside}${blocks.map(outlineOf).join('')}}`;
}
