import type { GraphiQL } from 'graphiql';
import type React from 'react';
import type ReactDOM from 'react-dom/client';

declare global {
  /** What the classic scripts of the page leave behind. */
  interface Window {
    readonly GraphiQL: typeof GraphiQL & { readonly GraphQL: typeof import('graphql') };
    readonly React: typeof React;
    readonly ReactDOM: typeof ReactDOM;
    readonly graphqlWs: typeof import('graphql-ws');
  }
}
