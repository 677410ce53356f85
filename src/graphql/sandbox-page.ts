/**
 * Apollo Sandbox, embedded from Apollo's CDN, with the subscription endpoint set (Apollo Server's own landing page
 * cannot set it). A browser that does not reach the CDN is shown the way to GraphiQL, which this server hosts itself.
 * https://www.apollographql.com/docs/graphos/platform/sandbox
 */
export const sandboxPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Keystream · Apollo Sandbox</title>
    <style>
      html, body, #sandbox { height: 100%; margin: 0; }
      #sandbox iframe { width: 100%; height: 100%; border: 0; }
      #offline { font: 16px/1.5 system-ui, sans-serif; padding: 3rem; }
    </style>
  </head>
  <body>
    <div id="sandbox"></div>
    <p id="offline" hidden>
      Apollo Sandbox could not be loaded: this browser does not reach Apollo's servers.
      <a href="/graphiql">GraphiQL</a> works offline.
    </p>
    <script src="https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js"></script>
    <script>
      const endpoint = new URL('/graphql', window.location.href);
      const subscriptions = new URL(endpoint);
      subscriptions.protocol = endpoint.protocol.replace('http', 'ws');
      if (window.EmbeddedSandbox) {
        new window.EmbeddedSandbox({
          target: '#sandbox',
          initialEndpoint: endpoint.href,
          initialSubscriptionEndpoint: subscriptions.href,
          runTelemetry: false,
          initialState: {
            document: 'query Providers {\\n  providers {\\n    provider\\n    displayName\\n    keySource\\n    defaultModel\\n  }\\n}',
            headers: { Authorization: 'Bearer <npm run token -- --user alice>' },
          },
        });
      } else {
        document.getElementById('offline').hidden = false;
      }
    </script>
  </body>
</html>
`;
