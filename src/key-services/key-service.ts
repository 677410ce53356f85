import type { KeyServicesConfig } from '../config/key-services.js';
import type { KeyServiceName, WrappedKey } from '../config/wrapped-key.js';

/** The one call that unwraps a key. */
export interface UnwrapCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SettingsOf<Name extends KeyServiceName> = NonNullable<KeyServicesConfig[Name]>;
export type WrappedBy<Name extends KeyServiceName> = Extract<WrappedKey, { readonly service: Name }>;

/** All that the code must know about one key service. An adapter opens no connection. */
export interface KeyService<Name extends KeyServiceName> {
  readonly displayName: string;
  /** The call, with what authenticates it in its headers. */
  callFor(settings: SettingsOf<Name>, key: WrappedBy<Name>): UnwrapCall;
  /** The plaintext in a good answer: base64, where it is one. */
  plaintextIn(answer: unknown): unknown;
  /**
   * Why the service refused, in our own words, and what to do; null where it is not known. Only what the adapter's table
   * knows is recognized: nothing of the answer is passed on.
   */
  reasonOf(status: number, answer: unknown): string | null;
}
