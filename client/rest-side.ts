import type { Rest } from './api/rest.ts'
import type { Environment } from './environment.ts'
import { createHistory, type History } from './history.ts'
import { createHttp, type Http, type HttpOptions } from './http.ts'
import { createRest } from './rest.ts'

/** Everything that speaks HTTP: it is loaded with the first request, as most of what a client hears comes over its socket. */
export const openRestSide = (
  options: HttpOptions,
  environment: Environment,
  http: Http = createHttp(options),
): { readonly rest: Rest; readonly history: History } => ({
  rest: createRest(http),
  history: createHistory(http, environment),
})
