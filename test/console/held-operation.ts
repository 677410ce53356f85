import type { Page, Request, Route } from 'playwright-core';

export interface HeldOperation {
  /** Resolves when the page has asked, and the server has answered. */
  readonly asked: Promise<unknown>;
  /** Lets the answer through that the server gave then, or does something else with it. */
  readonly answer: Answer;
}

type Answer = (how?: (route: Route) => Promise<void>) => Promise<void>;

/** Whether a request is for an operation of this name. */
export const isOf = (request: Request, operation: string): boolean =>
  (request.postDataJSON() as { operationName?: string } | null)?.operationName === operation;

/** Holds back the server's next answer to an operation of a page. */
export function holdOperation(page: Page, operation: string): HeldOperation {
  let isHolding = false;
  const held = new Promise<Answer>((resolve) => {
    void page.route('**/graphql', async (route) => {
      if (isHolding || !isOf(route.request(), operation)) return route.fallback();
      isHolding = true;
      const response = await route.fetch();
      resolve((how = (late) => late.fulfill({ response })) => how(route));
    });
  });
  return { asked: held, answer: async (how) => (await held)(how) };
}
