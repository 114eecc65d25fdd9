import type { Page } from './page.ts';
import { inlineScripts, pagePolicy } from './page-policy.ts';

const PROGRAM = 'https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js';
const FRAME = 'https://sandbox.embed.apollographql.com';

const TEXT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Supercontext: Apollo Sandbox</title>
    <style>
      :root { color-scheme: light dark; }
      body { margin: 0; font: 15px/1.5 system-ui, sans-serif; }
      main { display: flex; flex-direction: column; height: 100vh; }
      header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; padding: 0.4rem 1rem; }
      h1 { margin: 0; font-size: 1rem; }
      p { margin: 0; }
      #sandbox { flex: 1; min-height: 0; }
      #offline { margin: auto; padding: 1rem; max-width: 36rem; font-size: 1.1rem; text-align: center; }
    </style>
  </head>
  <body>
    <main>
      <header>
        <h1>Apollo Sandbox</h1>
        <p id="note">is loaded from the Internet. <a href="/graphiql">GraphiQL</a> comes with this gateway and works
          without.</p>
      </header>
      <div id="sandbox"></div>
      <p id="offline" hidden role="alert">Apollo Sandbox could not be reached: this browser seems to be offline.
        <a href="/graphiql">GraphiQL</a> comes with this gateway and works without.</p>
    </main>
    <script src="${PROGRAM}"></script>
    <script>
      if (window.EmbeddedSandbox) {
        new window.EmbeddedSandbox({
          target: '#sandbox',
          initialEndpoint: location.origin + '/graphql',
          initialSubscriptionEndpoint: location.origin.replace(/^http/, 'ws') + '/graphql',
          includeCookies: false,
        });
      } else {
        document.getElementById('note').hidden = true;
        document.getElementById('sandbox').hidden = true;
        document.getElementById('offline').hidden = false;
      }
    </script>
  </body>
</html>
`;

const PAGE: Page = {
  body: Buffer.from(TEXT),
  // The frame asks this page to make its requests, so they come from here. It is given a style attribute.
  policy: pagePolicy({
    'script-src': `${inlineScripts(TEXT)} ${new URL(PROGRAM).origin}`,
    'style-src': "'unsafe-inline'",
    'frame-src': FRAME,
  }),
};

/**
 * Apollo Sandbox as a page of the gateway. Its program comes from Apollo's servers; while it is under way, and where there is
 * no Internet, the page points to GraphiQL, which is bundled.
 */
export function sandboxPage(): Page {
  return PAGE;
}
