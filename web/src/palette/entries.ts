import type { ReactNode } from 'react'

/** One line of the palette. */
export interface Entry {
  readonly id: string
  readonly name: string
  readonly start: ReactNode
  /** After the name, small. */
  readonly end?: ReactNode
  readonly run: () => unknown
}

export interface EntryGroup {
  readonly id: string
  readonly title: string
  readonly entries: readonly Entry[]
}
