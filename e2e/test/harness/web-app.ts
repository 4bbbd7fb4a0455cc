import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Stage } from './stage.ts'

/** Somebody who is signed in and looks at the web app. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly context: BrowserContext
  readonly page: Page
}

const PASSWORD = 'a long password'

/** Asks the server as somebody; the answer's body. Fails the test when it is refused. */
export const ask = async <T>(
  person: Pick<Person, 'context'>,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  address: string,
  data?: unknown,
): Promise<T> => {
  const answer = await person.context.request.fetch(address, {
    method,
    ...(data === undefined ? {} : { data }),
  })
  if (!answer.ok()) throw new Error(`${method} ${address}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as T
}

interface Told {
  readonly token: string
  readonly user: { readonly id: string; readonly username: string }
}

/** A new account, signed in by the session cookie of a browser of its own, which looks at nothing yet. */
export const signUp = async (
  { parley, browser }: Stage,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Person> => {
  const context = await browser.newContext(options)
  const account = { username: name, email: `${name}@example.org`, password: PASSWORD }
  const { token, user } = await ask<Told>({ context }, 'POST', `${parley.url}/api/auth/register`, account)
  return { id: user.id, name, token, context, page: await context.newPage() }
}

/** A new account that looks at `path`. */
export const openAs = async (
  stage: Stage,
  name: string,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Person> => {
  const person = await signUp(stage, name, options)
  await person.page.goto(`${stage.parley.url}${path}`)
  return person
}

/** The same account in another browser, as on another device. */
export const openAgain = async (
  { parley, browser }: Stage,
  { name, id }: Person,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Person> => {
  const context = await browser.newContext(options)
  const login = { username: name, password: PASSWORD }
  const { token } = await ask<Told>({ context }, 'POST', `${parley.url}/api/auth/login`, login)
  const page = await context.newPage()
  await page.goto(`${parley.url}${path}`)
  return { id, name, token, context, page }
}

/** A channel of somebody's with these members; its id. */
export const makeChannel = async (
  { parley }: Stage,
  owner: Person,
  name: string,
  members: readonly Person[] = [],
  isPrivate = false,
): Promise<string> => {
  const { channel } = await ask<{ channel: { id: string } }>(owner, 'POST', `${parley.url}/api/channels`, {
    name,
    isPrivate,
    memberIds: members.map(({ id }) => id),
  })
  return channel.id
}
