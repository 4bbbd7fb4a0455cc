import { createHmac } from 'node:crypto'
import { newId } from '@parley/model'
import Database from 'better-sqlite3'
import pg from 'pg'

/** Of the servers that are measured; of no worth elsewhere. */
export const JWT_SECRET = 'the servers of the sizing bench share this secret'

export interface Person {
  readonly id: string
  readonly token: string
}

/** A token without a session, as another issuer with the same secret would make it. */
const sign = (userId: string): string => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ userId })}`
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`
}

/** Nobody that any server knows, with tokens that each of the bench takes. */
export const newPeople = (count: number): Person[] =>
  Array.from({ length: count }, () => {
    const id = newId()
    return { id, token: sign(id) }
  })

/** Accounts made without a password: hashing thousands of them would take minutes. */
export const addPeople = async (databaseUrl: string, count: number): Promise<Person[]> => {
  const people = newPeople(count)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(
      `insert into "user" (id, name, email, "emailVerified", "updatedAt", username)
       select id, id, id || '@example.org', false, now(), id from unnest($1::text[]) as id`,
      [people.map(({ id }) => id)],
    )
  } finally {
    await client.end()
  }
  return people
}

/** The same in the file of a server on SQLite. */
export const addPeopleToFile = (file: string, count: number): Person[] => {
  const people = newPeople(count)
  const database = new Database(file, { timeout: 10_000 })
  const insert =
    database.prepare(`insert into "user" (id, name, email, emailVerified, createdAt, updatedAt, username)
    values (?, ?, ?, 0, ?, ?, ?)`)
  const now = new Date().toISOString()
  database.transaction(() => {
    for (const { id } of people) insert.run(id, id, `${id}@example.org`, now, now, id)
  })()
  database.close()
  return people
}
