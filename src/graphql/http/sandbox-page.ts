/**
 * Apollo Sandbox, embedded from Apollo's CDN, with the subscription endpoint set (Apollo Server's own landing page
 * cannot set it). The page says from the start where to go without it, and takes that back once Sandbox speaks: a
 * browser may be offline, wait for minutes for a firewall that says nothing, or be forbidden the scripts or the frame by
 * a policy that a proxy added.
 * https://www.apollographql.com/docs/graphos/platform/sandbox
 */
export const sandboxPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Keystream · Apollo Sandbox</title>
    <link rel="icon" href="data:," />
    <style>
      body { display: flex; flex-direction: column; height: 100vh; margin: 0; }
      #offline { margin: 0; padding: 0.75rem 1rem; font: 16px/1.5 system-ui, sans-serif; }
      #offline[hidden] { display: none; }
      #sandbox { flex: 1; min-height: 0; }
      #sandbox iframe { width: 100%; height: 100%; border: 0; }
    </style>
  </head>
  <body>
    <p id="offline" role="status">
      <span id="reason">Apollo Sandbox is loading from Apollo's servers.</span>
      <a href="/graphiql">GraphiQL</a> does the same from this server alone, without the internet: open it, and paste a
      token into the field at its top.
    </p>
    <div id="sandbox"></div>
    <script>
      const notice = document.getElementById('offline');
      const show = (reason) => {
        document.getElementById('reason').textContent = 'Apollo Sandbox could not be loaded: ' + reason;
        notice.hidden = false;
      };
      // It comes before the error event of what it forbids, and is the better reason.
      let isForbidden = false;
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, disposition }) => {
        if (disposition === 'report' || !/^(script|frame|child)-src/.test(effectiveDirective)) return;
        isForbidden = true;
        show('a Content-Security-Policy forbids it here (' + effectiveDirective + ').');
      });
      window.addEventListener('message', ({ source }) => {
        if (source === document.querySelector('#sandbox iframe')?.contentWindow) notice.hidden = true;
      });

      const script = document.createElement('script');
      script.src = 'https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js';
      script.addEventListener('error', () => {
        if (!isForbidden) show("this browser does not reach Apollo's servers.");
      });
      script.addEventListener('load', () => {
        if (!window.EmbeddedSandbox) return show("Apollo's servers sent something else.");
        const endpoint = new URL('/graphql', window.location.href);
        const subscriptions = new URL(endpoint);
        subscriptions.protocol = endpoint.protocol.replace('http', 'ws');
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
      });
      document.head.append(script);
    </script>
  </body>
</html>
`;
