import type { RestLimits } from '../rest/ports.ts'
import { type Problem, problem, retryAfter } from './problem.ts'

/** What an address hears that is above LIMIT_CONNECT, over WebSocket as over polling; null: it may come in. Counts nothing. */
export const connectRefusal = (
  limits: RestLimits,
  subject: string,
): { readonly body: Problem; readonly headers: { readonly 'Retry-After': string } } | null => {
  const limit = limits.peek('connect', subject)
  if (limit.ok) return null
  return {
    body: problem(429, 'RATE_LIMITED', 'Too many connections without a valid identity'),
    headers: { 'Retry-After': retryAfter(limit.retryAfterMs) },
  }
}
