import type { Observer } from '@parley/core'
import { Fault } from '@parley/model'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { PROBLEM_TYPE, type Problem, problem, retryAfter } from '../http/problem.ts'

const FASTIFY_REFUSALS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['INVALID', 'The request is malformed'],
  404: ['NOT_FOUND', 'Not found'],
  413: ['TOO_LARGE', 'The body is too large'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json'],
}

/** Every refusal is a problem document (RFC 9457); what is not a refusal is logged and told without details. */
export const answerProblems = (app: FastifyInstance, observer: Observer): void => {
  app.setNotFoundHandler((_request, reply) => send(reply, problem(404, 'NOT_FOUND', 'There is nothing here')))
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply) => {
    if (error instanceof Fault && error.retryAfterMs !== undefined) {
      reply.header('Retry-After', retryAfter(error.retryAfterMs))
    }
    const answer = toProblem(error)
    if (answer.status >= 500) observer.error('route failed', error, { route: request.routeOptions.url ?? '' })
    observer.count('parley_refusals_total', { dialect: 'rest', code: answer.code })
    return send(reply, answer)
  })
}

const toProblem = (error: FastifyError | Fault): Problem => {
  if (error instanceof Fault) return problem(error.status, error.code, error.message)
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message }) => ({
      path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: message ?? 'Invalid',
    }))
    const where = issues.map(({ path }) => path || error.validationContext || 'body').join(', ')
    return problem(400, 'INVALID', `Invalid request: see ${where}`, issues)
  }
  const known = FASTIFY_REFUSALS[error.statusCode ?? 500]
  if (known !== undefined) return problem(error.statusCode ?? 500, ...known)
  return problem(500, 'INTERNAL', 'Something went wrong on the server. Try again.')
}

const send = (reply: FastifyReply, body: Problem) =>
  reply.status(body.status).type(PROBLEM_TYPE).send(JSON.stringify(body))
