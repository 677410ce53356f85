import type { Page } from 'playwright-core';

/** What happened to the answer on a page while it streamed. */
export interface Mutations {
  /** The most nodes that were added and removed in one frame. */
  readonly mostNodes: number;
  readonly frames: number;
  /** What was changed outside of the last block, and where the page was when. */
  readonly elsewhere: readonly string[];
  /** What moved, and how far, of all that had its place: the shell and the blocks that are finished. */
  readonly shifts: readonly string[];
  /** What moved sideways anywhere, the last block included. */
  readonly sideways: readonly string[];
}

/** Watches what happens to the last answer from now on. @returns what gives the account */
export async function watchMutations(page: Page): Promise<() => Promise<Mutations>> {
  await page.evaluate(watch);
  return () => page.evaluate(() => window.mutations());
}

/** Runs in the browser. */
function watch(): void {
  const FRAME_MS = 50;
  const text = [...document.querySelectorAll('[data-answer-text]')].at(-1)!;
  const elsewhere: string[] = [];
  const shifts: string[] = [];
  const sideways: string[] = [];
  let [mostNodes, frames, nodes, known] = [0, 0, 0, text.children.length];
  /** How many blocks there were, from when on. */
  const counts: [time: number, count: number][] = [[0, known]];
  const sizeOf = (node: Node): number =>
    1 + [...node.childNodes].reduce((sum, child) => sum + sizeOf(child), 0);
  const blockOf = (node: Node | null): number => {
    let at = node;
    while (at && at.parentNode !== text) at = at.parentNode;
    return at ? [...text.children].indexOf(at as Element) : -1;
  };
  new MutationObserver((records) => {
    for (const { target, type, addedNodes, removedNodes } of records) {
      for (const node of [...addedNodes, ...removedNodes]) nodes += sizeOf(node);
      const isAppending = target === text && removedNodes.length === 0;
      if (!isAppending && blockOf(target) < known - 1 && text.contains(target))
        elsewhere.push(`${type} in block ${String(blockOf(target))} of ${String(known)}`);
    }
    if (known !== text.children.length) counts.push([performance.now(), text.children.length]);
    known = text.children.length;
  }).observe(text, { subtree: true, childList: true, characterData: true, attributes: true });
  const count = (): void => {
    mostNodes = Math.max(mostNodes, nodes);
    nodes = 0;
    frames += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, startTime, sources } of list.getEntries())
      for (const { node, previousRect, currentRect } of hadRecentInput ? [] : sources) {
        if (node === null) continue;
        const nameOfNode = node instanceof Element ? node.outerHTML.slice(0, 120) : '';
        if (previousRect.left !== currentRect.left)
          sideways.push(`${String(currentRect.left - previousRect.left)}: ${nameOfNode}`);
        // The blocks that a frame began with: what is in the last of these, or came after it, has no place yet.
        const [, count] = counts.findLast(([time]) => time < startTime - FRAME_MS) ?? [0, 1];
        const isInLast = text.contains(node) && node !== text && blockOf(node) >= count - 1;
        if (!isInLast) shifts.push(`${String(value)}: ${nameOfNode}`);
      }
  }).observe({ type: 'layout-shift' });
  Object.assign(window, { mutations: () => ({ mostNodes, frames, elsewhere, shifts, sideways }) });
}

interface Node {
  readonly parentNode: Node | null;
  readonly childNodes: Iterable<Node> & { readonly length: number };
  contains(node: Node | null): boolean;
}
declare class Element {
  readonly outerHTML: string;
  readonly parentNode: Node | null;
  readonly childNodes: Iterable<Node> & { readonly length: number };
  readonly children: Iterable<Element> & { readonly length: number };
  contains(node: Node | null): boolean;
}
declare const document: { querySelectorAll(selector: string): Iterable<Element> };
declare const window: { mutations(): Mutations };
declare function requestAnimationFrame(call: () => void): number;
interface NodeList extends Iterable<Node> {
  readonly length: number;
}
declare class MutationObserver {
  constructor(
    call: (
      records: readonly {
        readonly target: Node;
        readonly type: string;
        readonly addedNodes: NodeList;
        readonly removedNodes: NodeList;
      }[],
    ) => void,
  );
  observe(node: Element, options: object): void;
}
interface Shift {
  readonly value: number;
  readonly startTime: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: { readonly left: number };
    readonly currentRect: { readonly left: number };
  }[];
}
declare class PerformanceObserver {
  constructor(call: (list: { getEntries(): readonly Shift[] }) => void);
  observe(options: object): void;
}
