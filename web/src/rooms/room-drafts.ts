/** Most rooms with text that was not said yet. */
const MAX_DRAFTS = 50

/** In memory alone, like everything of a room: text outlives a look elsewhere, and no reload. */
const drafts = new Map<string, string>()

const keyOf = (userId: string, code: string): string => `${userId} ${code}`

export const draftOf = (userId: string, code: string): string => drafts.get(keyOf(userId, code)) ?? ''

export const keepDraft = (userId: string, code: string, text: string): void => {
  const key = keyOf(userId, code)
  drafts.delete(key)
  if (text === '') return
  drafts.set(key, text)
  const [oldest] = drafts.keys()
  if (drafts.size > MAX_DRAFTS && oldest !== undefined) drafts.delete(oldest)
}
