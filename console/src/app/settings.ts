/** What the server says of itself to the page that it serves. */
export interface Settings {
  readonly production: boolean;
  /** The most of one image or file that the server takes. */
  readonly maxAttachmentBytes: number;
  /** The identity provider's client; null: tokens are pasted. */
  readonly signIn: SignInSettings | null;
  /** Whether there is an identity provider that could not be asked. */
  readonly signInProblem?: boolean;
}

export interface SignInSettings {
  readonly clientId: string;
  readonly audience: string;
  readonly metadata: {
    readonly issuer: string;
    readonly authorization_endpoint: string;
    readonly token_endpoint: string;
    readonly end_session_endpoint?: string;
    readonly revocation_endpoint?: string;
  };
}

const content = document.querySelector<HTMLMetaElement>('meta[name=keystream-console]')?.content ?? '';

/** Without a server that fills it in, under `vite`, the strictest. */
export const settings: Settings = content.startsWith('{')
  ? (JSON.parse(content) as Settings)
  : { production: true, maxAttachmentBytes: 0, signIn: null };
