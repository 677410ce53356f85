import { describedEnum } from './described-enum.js';

export const KeySource = describedEnum(
  'KeySource',
  "Whose key pays: the user's stored one, or the server's environment variable.",
  {
    USER: "The caller's own stored key.",
    SERVER: "The server's own key, from its environment.",
  },
);
export type KeySource = keyof typeof KeySource;
