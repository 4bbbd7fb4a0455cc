import { createParley, createSessions, type Me, type Parley } from '@parley/client'

export interface Person {
  readonly me: Me
  readonly token: string
  readonly parley: Parley
}

/** A new user with a client. */
export const signUp = async (url: string, username: string): Promise<Person> => {
  const account = { username, email: `${username}@example.org`, password: 'correct horse battery' }
  const { token, user } = await createSessions(url).register(account)
  const me = { id: user.id, username: user.username, avatar: user.avatar }
  return { me, token, parley: createParley({ url, token }) }
}
