import { Fault, isStorableText } from '@parley/model'
import type { FastifyInstance } from 'fastify'

/** Deepest nesting of a JSON body (wire, "Rules for all"). */
export const MAX_JSON_DEPTH = 32

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
        done(null, parseJson(body as Buffer))
      } catch (error) {
        done(error instanceof Fault ? error : new Fault('INVALID', 'The body is not valid JSON'))
      }
    },
  )
}

export const parseJson = (body: Buffer): unknown => {
  const value: unknown = JSON.parse(utf8.decode(body))
  check(value, '', 0)
  return value
}

const check = (value: unknown, path: string, depth: number): void => {
  if (depth > MAX_JSON_DEPTH) throw new Fault('INVALID', `JSON may be nested ${MAX_JSON_DEPTH} deep at most`)
  if (typeof value === 'string' && !isStorableText(value)) {
    throw new Fault(
      'INVALID',
      `NUL and lone surrogates are not allowed (at ${path === '' ? 'the top' : path})`,
    )
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    check(inner, path === '' ? key : `${path}.${key}`, depth + 1)
}
