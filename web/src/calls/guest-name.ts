import { kept } from '../settings/index.ts'

const KEY = 'parley.guest-name'

/** The name that a guest last used here; empty: none yet. */
export const guestName = {
  read: (): string => kept.read(KEY) ?? '',
  keep: (name: string): void => kept.write(KEY, name),
}
