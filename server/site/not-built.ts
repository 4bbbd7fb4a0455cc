/** What a person sees at `/` of a server without the web app. */
export const NOT_BUILT_PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Parley</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:40rem;padding:0 1rem}</style></head><body><h1>Parley</h1>
<p>This server runs, but its web app is not built. Run <code>npm run build</code> and start it again.
The routes for programs are at <a href="/api/docs">/api/docs</a>.</p></body></html>`
