/** What stands at `/`: what is where, for people. Links are relative, so that they lead somewhere under a prefix, too. */
export const LANDING_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>GoSpeech GraphQL gateway</title>
  </head>
  <body>
    <main>
      <h1>GoSpeech GraphQL gateway</h1>
      <ul>
        <li><a href="graphql">graphql</a>: GraphQL over HTTP, by POST and GET; subscriptions by SSE or HTTP multipart. In a browser the playground, where it is turned on.</li>
        <li><a href="livez">livez</a>: whether the process runs.</li>
        <li><a href="readyz">readyz</a>: whether it should be sent requests.</li>
      </ul>
    </main>
  </body>
</html>
`;
