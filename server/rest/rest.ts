import compress from '@fastify/compress'
import swagger from '@fastify/swagger'
import { createJsonSchemaTransform, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { addAuthRoutes } from './auth-routes.ts'
import { addChannelRoutes } from './channel-routes.ts'
import type { RestOptions } from './context.ts'
import { addDocRoutes } from './doc-routes.ts'
import { answerProblems } from './error-handler.ts'
import { addGroupRoutes } from './group-routes.ts'
import { addIceRoutes } from './ice-routes.ts'
import { readOnlyJson } from './json-body.ts'
import { addMessageRoutes } from './message-routes.ts'
import { addOperationRoutes } from './operation-routes.ts'
import { addRoomRoutes } from './room-routes.ts'
import { addUserRoutes } from './user-routes.ts'

export type { RestOptions } from './context.ts'
export type { RestCore } from './ports.ts'

/** Responses larger than this (bytes) are compressed. */
const COMPRESS_ABOVE = 1_024

/** Registers every REST route. Call before `http.listen()`; more routes may be added to `http.fastify` after it. */
export const addRest = async (options: RestOptions): Promise<void> => {
  const app = options.http.fastify
  app.setValidatorCompiler(validatorCompiler)
  // Answers are made field by field from what is known; a second check of each would cost more than it finds.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  answerProblems(app, options.observer)
  readOnlyJson(app)
  await app.register(compress, { threshold: COMPRESS_ABOVE, encodings: ['br', 'gzip'] })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Parley', version: options.version, description: 'REST routes of a Parley server' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }],
    },
    transform: createJsonSchemaTransform({}),
  })
  await app.register(async (scope) => {
    const routes = scope.withTypeProvider<ZodTypeProvider>()
    addAuthRoutes(routes, options)
    addUserRoutes(routes, options)
    addMessageRoutes(routes, options)
    addChannelRoutes(routes, options)
    addRoomRoutes(routes, options)
    addGroupRoutes(routes, options)
    addIceRoutes(routes, options)
    addOperationRoutes(routes, options)
    addDocRoutes(routes, options)
  })
}
