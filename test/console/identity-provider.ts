import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CLIENT, IdentityTokens, type TokenHabits } from './identity-tokens.js';

/** How providers differ. */
export interface Habits extends TokenHabits {
  /** Whom access tokens are for. */
  readonly audience?: string;
  /** Whether signing out here ends the session there. */
  readonly endsSessions?: boolean;
  /** How the revocation of tokens is answered, where there is such a thing. */
  readonly revocation?: 200 | 503;
}

const FOR_SERVERS = ['/.well-known/openid-configuration', '/jwks'];

/**
 * An OpenID provider on this machine: code flow with PKCE for one public client, a session of its own in a cookie, and
 * `prompt=none`. It holds a client to what RFC 6749, RFC 7636 and OpenID Connect ask of it.
 */
export class IdentityProvider {
  /** Each request to sign in, and how it was answered: `form`, `code`, or an error. */
  readonly answers: string[] = [];
  /** With what each request to end a session, or to revoke a token, came. */
  readonly ended: URLSearchParams[] = [];
  readonly revoked: URLSearchParams[] = [];
  readonly tokens: IdentityTokens;
  /** Whether no page is answered: the connection ends, or it stays without a word. Servers keep what they need. */
  away: 'closed' | 'silent' | null = null;
  /** How many requests for tokens fail before the next one that does not. */
  failures = 0;
  readonly #audience: string;
  readonly #sessions = new Map<string, string>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  constructor(private readonly habits: Habits = {}) {
    this.#audience = habits.audience ?? 'keystream';
    this.tokens = new IdentityTokens(() => this.issuer, this.#audience, habits);
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Variables of a server whose people sign in here. */
  get environment(): Record<string, string> {
    const { issuer } = this;
    return {
      AUTH_JWKS_URL: `${issuer}/jwks`,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: this.#audience,
      AUTH_CLIENT_ID: CLIENT,
    };
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Ends all sessions, as an administrator would. */
  forgetEverybody(): void {
    this.#sessions.clear();
  }

  /** Has somebody else signed in, in every browser that has a session. */
  replaceEverybody(user: string): void {
    for (const session of this.#sessions.keys()) this.#sessions.set(session, user);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    if (this.away !== null && !FOR_SERVERS.includes(url.pathname)) {
      if (this.away === 'closed') request.socket.destroy();
      return;
    }
    switch (url.pathname) {
      case '/.well-known/openid-configuration': {
        sendJson(response, this.#metadata());
        return;
      }
      case '/jwks': {
        sendJson(response, await this.tokens.keySet());
        return;
      }
      case '/authorize': {
        this.#authorize(url.searchParams, request, response);
        return;
      }
      case '/sign-in': {
        this.#signIn(url.searchParams, response);
        return;
      }
      case '/token':
        return this.#exchange(new URLSearchParams(await text(request)), request, response);
      case '/revoke':
        this.revoked.push(new URLSearchParams(await text(request)));
        response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
        response.writeHead(this.habits.revocation ?? 404).end();
        return;
      case '/end':
        this.ended.push(url.searchParams);
        this.forgetEverybody();
        response.writeHead(302, { location: url.searchParams.get('post_logout_redirect_uri') ?? '/' }).end();
        return;
      case '/favicon.ico':
        response.writeHead(204).end();
        return;
      default:
        response.writeHead(404).end();
    }
  }

  #metadata(): object {
    const { issuer, habits } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      ...(habits.endsSessions !== false && { end_session_endpoint: `${issuer}/end` }),
      ...(habits.revocation && { revocation_endpoint: `${issuer}/revoke` }),
      jwks_uri: `${issuer}/jwks`,
    };
  }

  /** OpenID Connect Core 1.0, section 3.1.2. */
  #authorize(asked: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    const isRight =
      asked.get('response_type') === 'code' &&
      asked.get('client_id') === CLIENT &&
      asked.get('code_challenge_method') === 'S256' &&
      (asked.get('scope') ?? '').split(' ').includes('openid');
    if (!isRight) return void response.writeHead(400).end('This is no request of the client.');
    const user = this.#sessions.get(/session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    if (user !== undefined) {
      this.#redirectWithCode(asked, user, response);
      return;
    }
    if (asked.get('prompt') === 'none') {
      this.#redirect(asked, { error: 'login_required' }, response);
      return;
    }
    this.answers.push('form');
    const fields = [...asked].map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('"', '&quot;')}">`,
    );
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(
        `<form action="/sign-in"><label>Name <input name="user"></label>${fields.join('')}<button>Enter</button></form>`,
      );
  }

  #signIn(asked: URLSearchParams, response: ServerResponse): void {
    const session = randomUUID();
    const user = asked.get('user') ?? '';
    this.#sessions.set(session, user);
    response.setHeader('set-cookie', `session=${session}; HttpOnly; Path=/`);
    this.#redirectWithCode(asked, user, response);
  }

  #redirectWithCode(asked: URLSearchParams, user: string, response: ServerResponse): void {
    const code = this.tokens.grant({
      user,
      challenge: asked.get('code_challenge') ?? '',
      nonce: asked.get('nonce'),
      redirectUri: asked.get('redirect_uri') ?? '',
    });
    this.#redirect(asked, { code }, response);
  }

  #redirect(asked: URLSearchParams, answer: Record<string, string>, response: ServerResponse): void {
    this.answers.push(answer.error ?? 'code');
    const location = new URL(asked.get('redirect_uri') ?? '');
    for (const [name, value] of Object.entries({ ...answer, state: asked.get('state') ?? '' }))
      location.searchParams.set(name, value);
    response.writeHead(302, { location: location.href }).end();
  }

  async #exchange(sent: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    const isFailing = this.failures > 0;
    if (isFailing) this.failures -= 1;
    const given = isFailing ? null : await this.tokens.exchange(sent);
    if (given === null) response.statusCode = isFailing ? 503 : 400;
    sendJson(response, given ?? { error: isFailing ? 'temporarily_unavailable' : 'invalid_grant' });
  }
}

function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
