/** The egress proxy that the operator names. Nothing prints what lets us in, and there is no other way to it than its headers. */
export class OutboundProxy {
  readonly hostname: string;
  readonly port: number;
  /** Whether the way to it is TLS, too. */
  readonly isSecure: boolean;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ protocol, hostname, port, username, password }: URL) {
    this.isSecure = protocol === 'https:';
    this.hostname = hostname.replace(/^\[|\]$/g, '');
    this.port = Number(port) || (this.isSecure ? 443 : 80);
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#headers =
      credentials === ':'
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
  }

  /** For messages. */
  get host(): string {
    return `${this.hostname}:${this.port}`;
  }

  /** What lets us in, for the proxy alone. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }
}
