import { Fault, isStorableText } from '@parley/model'
import { parseJson } from '@parley/sockets'
import type { FastifyInstance } from 'fastify'

/** Deepest nesting of a JSON body (wire, "Rules for all"). */
const MAX_DEPTH = 32

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON and nothing else (415); an empty body is no body. NUL, lone surrogates, invalid UTF-8 and deep nesting are refused. */
export const readOnlyJson = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json(?:;|$)/,
    { parseAs: 'buffer' },
    (_request, body, done) => {
      if (body.length === 0) return done(null, undefined)
      try {
        done(null, readJson(body as Buffer))
      } catch (error) {
        done(error instanceof Fault ? error : new Fault('INVALID', 'The body is not valid JSON'))
      }
    },
  )
}

const readJson = (body: Buffer): unknown => {
  const parsed = parseJson(utf8.decode(body), MAX_DEPTH)
  if (parsed.ok) {
    checkTexts(parsed.value, '')
    return parsed.value
  }
  throw new Fault(
    'INVALID',
    parsed.reason === 'depth' ? `JSON may be nested ${MAX_DEPTH} deep at most` : 'The body is not valid JSON',
  )
}

/** The depth is bounded by now. */
const checkTexts = (value: unknown, path: string): void => {
  if (typeof value === 'string' && !isStorableText(value)) {
    throw new Fault(
      'INVALID',
      `NUL and lone surrogates are not allowed (at ${path === '' ? 'the top' : path})`,
    )
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) checkTexts(inner, path === '' ? key : `${path}.${key}`)
}
