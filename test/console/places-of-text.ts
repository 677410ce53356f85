import type { Page } from 'playwright-core';

/**
 * Where a page has a text: in its document (texts, attributes, and what fields hold), the address, its storages, its
 * cookies, or Apollo's cache with all that the client keeps of its operations.
 */
export const placesOfText = (page: Page, text: string): Promise<readonly string[]> =>
  page.evaluate(findPlaces, text);

/** Runs in the browser. */
function findPlaces(text: string): string[] {
  const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
  const client = findClient();
  const places: Readonly<Record<string, string>> = {
    document: [document.documentElement.outerHTML, ...fields].join('\n'),
    address: location.href,
    local: JSON.stringify({ ...localStorage }),
    session: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    cache: JSON.stringify(client.extract()),
    operations: JSON.stringify(client.queryManager.mutationStore ?? {}),
  };
  return Object.keys(places).filter((name) => places[name]?.includes(text));

  /** React keeps the tree of components with the element that it renders into; one of them hands the client on. */
  function findClient(): Client {
    const root = document.getElementById('console') as unknown as Record<string, Fiber>;
    const container = Object.keys(root).find((name) => name.startsWith('__reactContainer$')) ?? '';
    const fibers: (Fiber | null | undefined)[] = [root[container]];
    for (let fiber = fibers.pop(); fibers.length > 0 || fiber; fiber = fibers.pop()) {
      const client = fiber?.memoizedProps?.client;
      if (client) return client;
      if (fiber) fibers.push(fiber.sibling, fiber.child ?? fiber.stateNode?.current?.child);
    }
    throw new Error('There is no client.');
  }
}

interface Client {
  extract(): object;
  readonly queryManager: { readonly mutationStore?: object };
}
interface Fiber {
  readonly memoizedProps?: { readonly client?: Client } | null;
  readonly child?: Fiber | null;
  readonly sibling?: Fiber | null;
  readonly stateNode?: { readonly current?: Fiber } | null;
}
declare const location: { readonly href: string };
declare const localStorage: Record<string, string>;
declare const sessionStorage: Record<string, string>;
declare const document: {
  readonly cookie: string;
  readonly documentElement: { readonly outerHTML: string };
  getElementById(id: string): object | null;
  querySelectorAll(selector: string): Iterable<{ readonly value: string }>;
};
