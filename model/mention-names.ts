/** Most different names that one message mentions; more are text. */
export const MAX_MENTIONS = 20

const MAX_NAME = 50

/** `@` and a username, not inside a word or an address; one unit more than a name has, to see what is none. */
const MENTION = /(?<![A-Za-z0-9_.@-])@([A-Za-z0-9_.-]{2,51})/g

/** The names that a text mentions, in lower case. A dot or dash that ends a sentence is not part of a name. */
export const namesIn = (text: string): readonly string[] => {
  if (!text.includes('@')) return []
  const names = new Set<string>()
  for (const [, name = ''] of text.matchAll(MENTION)) {
    const trimmed = name.replace(/[.-]+$/, '').toLowerCase()
    if (trimmed.length >= 2 && trimmed.length <= MAX_NAME) names.add(trimmed)
    if (names.size >= MAX_MENTIONS) break
  }
  return [...names]
}
