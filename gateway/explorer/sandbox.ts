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
      html, body, #sandbox { margin: 0; height: 100%; }
      #offline { display: none; font: 16px/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 36rem; }
    </style>
  </head>
  <body>
    <div id="sandbox"></div>
    <p id="offline">Apollo Sandbox is loaded from the Internet and could not be reached.
      <a href="/graphiql">GraphiQL</a> comes with this gateway and works without.</p>
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
        document.getElementById('offline').style.display = 'block';
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
 * Apollo Sandbox as a page of the gateway. Its program comes from Apollo's servers; a browser without Internet is pointed
 * to GraphiQL, which is bundled.
 */
export function sandboxPage(): Page {
  return PAGE;
}
