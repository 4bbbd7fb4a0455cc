import type { RestApp, RestOptions } from './context.ts'

interface OpenApi {
  readonly info: { readonly title: string; readonly version: string }
  readonly paths?: Readonly<
    Record<string, Readonly<Record<string, { summary?: string; tags?: readonly string[] }>>>
  >
}

export const addDocRoutes = (app: RestApp, { asyncapi }: RestOptions): void => {
  const hide = { schema: { hide: true } }
  // The plugin's decorator is typed for OpenAPI 2 as well.
  const openapi = () => (app as unknown as { swagger(): OpenApi }).swagger()
  app.get('/api/openapi.json', hide, async () => openapi())
  app.get('/api/asyncapi.json', hide, async () => asyncapi())
  app.get('/api/docs', hide, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(toPage(openapi())),
  )
}

/** The routes as a plain page: no script, nothing from elsewhere. */
const toPage = (document: OpenApi): string => {
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary = '' }]) =>
        `<tr><td>${escapeHtml(method.toUpperCase())}</td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
    ),
  )
  const title = escapeHtml(`${document.info.title} ${document.info.version}`)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}
td{padding:.25rem 1rem .25rem 0;vertical-align:top}</style></head><body><h1>${title}</h1>
<p>Machine-readable: <a href="/api/openapi.json">OpenAPI</a> (REST), <a href="/api/asyncapi.json">AsyncAPI</a> (sockets).</p>
<table>${rows.join('\n')}</table></body></html>`
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
