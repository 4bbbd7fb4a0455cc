import type { Account } from '@parley/model'

/** A session row, as far as we read it. */
export interface SessionRecord {
  readonly id: string
  readonly userId: string
  readonly token: string
  /** Epoch ms. */
  readonly expiresAt: number
}

/** A row as Better Auth's adapter or the database answers it: SQLite has no dates and no booleans of its own. */
type Row = Readonly<Record<string, unknown>>

export const toSession = (row: Row): SessionRecord => ({
  id: String(row['id']),
  userId: String(row['userId']),
  token: String(row['token']),
  expiresAt: toTime(row['expiresAt']) ?? 0,
})

export const toAccount = (row: Row): Account => ({
  id: String(row['id']),
  username: textOf(row['displayUsername']) ?? textOf(row['username']) ?? String(row['name'] ?? ''),
  avatar: textOf(row['image']),
  email: String(row['email'] ?? ''),
  role: toRole(row),
  disabled: isBanned(row),
  createdAt: toTime(row['createdAt']) ?? 0,
})

const toRole = (row: Row): Account['role'] => {
  if (isTrue(row['isAnonymous']) || row['role'] === 'guest') return 'guest'
  // Better Auth keeps several roles as a comma-separated list.
  return String(row['role'] ?? '')
    .split(',')
    .includes('admin')
    ? 'admin'
    : 'user'
}

const isBanned = (row: Row): boolean => {
  if (!isTrue(row['banned'])) return false
  const until = toTime(row['banExpires'])
  return until === null || until > Date.now()
}

const isTrue = (value: unknown): boolean => value === true || value === 1

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const toTime = (value: unknown): number | null => {
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const time = new Date(value).getTime()
  return Number.isNaN(time) ? null : time
}
