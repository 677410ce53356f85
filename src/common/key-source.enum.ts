import { registerEnumType } from '@nestjs/graphql';

export const KeySource = { USER: 'USER', SERVER: 'SERVER' } as const;
export type KeySource = keyof typeof KeySource;

registerEnumType(KeySource, {
  name: 'KeySource',
  description: "Whose key pays: the user's stored one, or the server's environment variable.",
  valuesMap: {
    USER: { description: "The caller's own stored key." },
    SERVER: { description: "The server's own key, from its environment." },
  },
});
