import { create } from 'zustand'
import { kept } from '../settings/index.ts'

export type SectionName = 'direct' | 'channels' | 'rooms' | 'groups'

const KEY = 'parley.folded'

const read = (): readonly string[] => (kept.read(KEY) ?? '').split(',').filter((name) => name !== '')

/** Sections of the sidebar that are folded, kept on this device. */
export const useFolds = create<{ readonly folded: readonly string[] }>(() => ({ folded: read() }))

export const toggleFold = (name: SectionName): void =>
  useFolds.setState(({ folded }) => {
    const after = folded.includes(name) ? folded.filter((other) => other !== name) : [...folded, name]
    kept.write(KEY, after.length === 0 ? null : after.join(','))
    return { folded: after }
  })
