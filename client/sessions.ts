import type { SessionJson } from '@parley/dialect-rest'
import type { Session, Sessions } from './api/session.ts'
import { createHttp, type HttpOptions } from './http.ts'

/** Signing up, in and out at the server at `url`. */
export const createSessions = (url: string, options: Pick<HttpOptions, 'fetch'> = {}): Sessions => {
  const http = createHttp({ url, ...options })
  const enter = async (path: string, body?: unknown, token?: string): Promise<Session> => {
    const request = { ...(body === undefined ? {} : { body }), ...(token === undefined ? {} : { token }) }
    const answer = await http.request<SessionJson>('POST', `/api/auth/${path}`, request)
    return { token: answer.token, user: answer.user }
  }
  return {
    register: ({ username, email, password }) => enter('register', { username, email, password }),
    signIn: (name, password) =>
      enter('login', { [name.includes('@') ? 'email' : 'username']: name, password }),
    continueAsGuest: (username) => enter('guest', { username }),
    renew: (token) => enter('token', undefined, token),
    signOut: async (token) =>
      void (await http.request('POST', '/api/auth/logout', token === undefined ? {} : { token })),
  }
}
