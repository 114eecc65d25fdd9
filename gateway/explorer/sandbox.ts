/**
 * Apollo Sandbox as a page of the gateway. Its program comes from Apollo's servers; a browser without Internet is pointed
 * to GraphiQL, which is bundled.
 */
export function sandboxPage(): string {
  return `<!doctype html>
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
    <script src="https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js"
      onerror="document.getElementById('offline').style.display='block'"></script>
    <script>
      if (window.EmbeddedSandbox) {
        new window.EmbeddedSandbox({
          target: '#sandbox',
          initialEndpoint: location.origin + '/graphql',
          initialSubscriptionEndpoint: location.origin.replace(/^http/, 'ws') + '/graphql',
          includeCookies: false,
        });
      }
    </script>
  </body>
</html>
`;
}
