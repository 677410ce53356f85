import type { Page, WebSocketRoute } from 'playwright-core';

export interface HeldBack {
  /** What the page has sent over its WebSockets, parsed. */
  readonly sent: () => readonly Message[];
  /** Lets through what was held back, and all that comes. */
  readonly letGo: () => void;
}

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly query?: string };
}

/** Loads a page again and holds back every event that the server sends to it. */
export async function holdBack(page: Page): Promise<HeldBack> {
  const sent: Message[] = [];
  const held: (() => void)[] = [];
  let isHeld = true;
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      sent.push(JSON.parse(String(message)) as Message);
      server.send(message);
    });
    server.onMessage((message) => {
      if (isHeld && String(message).includes('"type":"next"')) held.push(() => socket.send(message));
      else socket.send(message);
    });
  });
  await page.reload();
  return {
    sent: () => sent,
    letGo: () => {
      isHeld = false;
      for (const send of held) send();
    },
  };
}

/** Loads a page again; the first time that its chat is to go on, the server has an error for it. @returns what loses it */
export async function loseChat(page: Page, code: string): Promise<() => Promise<void>> {
  let current: WebSocketRoute | null = null;
  let isRefused = false;
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { id, payload } = JSON.parse(String(message)) as Message;
      const error = { message: 'As a test has it.', extensions: { code } };
      if (payload?.query?.includes('subscription Chat(')) current = socket;
      const isResumed = payload?.query?.includes('subscription ResumeChat(') && !isRefused;
      isRefused ||= isResumed === true;
      if (isResumed) socket.send(JSON.stringify({ id, type: 'error', payload: [error] }));
      else server.send(message);
    });
  });
  await page.reload();
  return async () => {
    await current?.close({ code: 1001 });
  };
}

/** Loads a page again. @returns what closes its WebSockets, and each that it opens after that */
export async function loseSockets(page: Page): Promise<() => Promise<void>> {
  const open = new Set<WebSocketRoute>();
  let isLost = false;
  await page.routeWebSocket(/\/graphql$/, async (socket) => {
    if (isLost) return socket.close({ code: 1001 });
    open.add(socket);
    socket.connectToServer();
  });
  await page.reload();
  return async () => {
    isLost = true;
    for (const socket of open) await socket.close({ code: 1001 });
  };
}
