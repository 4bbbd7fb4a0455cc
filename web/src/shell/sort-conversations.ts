import type { ConversationSummary } from '@parley/client'

export interface Sections {
  readonly direct: readonly ConversationSummary[]
  readonly channels: readonly ConversationSummary[]
}

/**
 * As the sidebar lists them: direct ones by newest activity, channels by name, so that they keep their places; archived ones
 * last.
 */
export const sectionsOf = (items: readonly ConversationSummary[], language: string): Sections => {
  const collator = new Intl.Collator(language, { sensitivity: 'base', numeric: true })
  const isArchived = ({ archivedAt }: ConversationSummary): number => (archivedAt === null ? 0 : 1)
  return {
    direct: items.filter(({ kind }) => kind === 'direct'),
    channels: items
      .filter(({ kind, role }) => kind === 'channel' && role !== null)
      .sort((a, b) => isArchived(a) - isArchived(b) || collator.compare(a.name, b.name)),
  }
}

/** The one so many steps from `current`, round and round; from nowhere, the first or the last. */
export const stepFrom = <T>(list: readonly T[], current: T | null, step: 1 | -1): T | null => {
  if (list.length === 0) return null
  const index = current === null ? -1 : list.indexOf(current)
  if (index === -1) return list.at(step === 1 ? 0 : -1) ?? null
  return list[(index + step + list.length) % list.length] ?? null
}
