/** One emoji that can be chosen. */
export interface Emoji {
  readonly unicode: string
  readonly label: string
  /** Without colons; the first one is shown. */
  readonly shortcodes: readonly string[]
  /** Words that find it, in lower case. */
  readonly words: string
  /** Place among the groups of Unicode. */
  readonly group: number
}

/** Groups in the order in which they are shown; that of components (2) is left out. */
export const EMOJI_GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const
export type EmojiGroup = (typeof EMOJI_GROUPS)[number]

let loading: Promise<readonly Emoji[]> | null = null

/** One spelling for each: what is shown as a picture by itself needs no selector that asks for that. */
const plain = (unicode: string): string => unicode.replace(/^(\p{Emoji_Presentation})\uFE0F$/u, '$1')

const load = async (): Promise<readonly Emoji[]> => {
  const [{ default: data }, { default: codes }] = await Promise.all([
    import('emojibase-data/en/compact.json'),
    import('emojibase-data/en/shortcodes/github.json'),
  ])
  return data.flatMap(({ hexcode, unicode, label, tags, group }) => {
    if (group === undefined || group === 2) return []
    const shortcodes = [codes[hexcode] ?? label.replaceAll(/[^\p{L}\p{N}]+/gu, '_')].flat()
    const words = [label, ...(tags ?? []), ...shortcodes].join(' ').toLowerCase()
    return [{ unicode: plain(unicode), label, shortcodes, words, group }]
  })
}

/** All emoji. They are loaded when they are first asked for; a failure can be tried again. */
export const loadEmoji = (): Promise<readonly Emoji[]> => {
  loading ??= load().catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

/** Emoji by what one would call them: those whose code begins so first. */
export const findEmoji = (all: readonly Emoji[], query: string, limit: number): readonly Emoji[] => {
  const wanted = query.trim().toLowerCase().replaceAll(':', '')
  if (wanted === '') return []
  const begin: Emoji[] = []
  const hold: Emoji[] = []
  for (const emoji of all) {
    if (emoji.shortcodes.some((code) => code.startsWith(wanted))) begin.push(emoji)
    else if (emoji.words.includes(wanted)) hold.push(emoji)
  }
  // The shorter the code, the more of it was typed.
  begin.sort((a, b) => shortest(a, wanted) - shortest(b, wanted))
  return [...begin, ...hold].slice(0, limit)
}

const shortest = ({ shortcodes }: Emoji, wanted: string): number =>
  Math.min(...shortcodes.filter((code) => code.startsWith(wanted)).map(({ length }) => length))

const RECENT_KEY = 'parley.emoji.recent'
const MOST_RECENT = 16
/** What is offered before anything was chosen. */
const USUAL = ['👍', '❤️', '😂', '🎉', '🙏', '👀', '✅', '🔥']

/** Emoji chosen last on this device, newest first, filled up with the usual ones. */
export const recentEmoji = (): readonly string[] => {
  let kept: unknown = null
  try {
    kept = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]')
  } catch {
    // No storage, or something else in it: as if there were none.
  }
  const recent = Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : []
  return [...new Set([...recent, ...USUAL])].slice(0, MOST_RECENT)
}

export const rememberEmoji = (emoji: string): void => {
  try {
    const recent = [...new Set([emoji, ...recentEmoji()])].slice(0, MOST_RECENT)
    localStorage.setItem(RECENT_KEY, JSON.stringify(recent))
  } catch {
    // It is a convenience alone.
  }
}
