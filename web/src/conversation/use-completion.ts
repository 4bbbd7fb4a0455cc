import type { Conversation } from '@parley/client'
import { useState } from 'react'
import { type CompletionRequest, complete, completionAt } from './completion.ts'
import { rememberEmoji } from './emoji-data.ts'
import { type Choice, useChoices } from './use-choices.ts'

interface Spot {
  readonly text: string
  readonly caret: number
}

const isSame = (a: CompletionRequest | null, b: CompletionRequest | null): boolean =>
  a?.kind === b?.kind && a?.start === b?.start

export interface Completion {
  readonly choices: readonly Choice[]
  readonly active: number
  /** The text or the caret is another: called by the field. */
  readonly look: (spot: Spot | null) => void
  readonly move: (step: 1 | -1) => void
  readonly dismiss: () => void
  /** What the text becomes; null: there is nothing to choose. */
  readonly choose: (choice?: Choice) => Spot | null
}

/** Completion of the word at the caret: what there is to choose, and which one is next. */
export const useCompletion = (conversation: Conversation): Completion => {
  const [spot, setSpot] = useState<Spot | null>(null)
  const [dismissed, setDismissed] = useState<CompletionRequest | null>(null)
  const [index, setIndex] = useState(0)
  const found = spot === null ? null : completionAt(spot.text, spot.caret)
  const request = found !== null && isSame(found, dismissed) ? null : found
  const choices = useChoices(conversation, request)
  const active = Math.min(index, Math.max(0, choices.length - 1))
  return {
    choices,
    active,
    look(next) {
      if (next?.text === spot?.text && next?.caret === spot?.caret) return
      setSpot(next)
      setIndex(0)
      if (next === null || completionAt(next.text, next.caret) === null) setDismissed(null)
    },
    move: (step) => setIndex((active + step + choices.length) % Math.max(1, choices.length)),
    dismiss: () => setDismissed(found),
    choose(choice = choices[active]) {
      if (choice === undefined || request === null || spot === null) return null
      if (choice.kind === 'emoji') rememberEmoji(choice.replacement)
      setIndex(0)
      return complete(spot.text, request, choice.replacement)
    },
  }
}
