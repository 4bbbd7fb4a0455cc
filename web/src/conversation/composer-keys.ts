/** A key in the composer, as far as it matters. */
export interface ComposerKey {
  readonly key: string
  /** Of the key itself: what `key` says of Alt with a letter depends on the layout. */
  readonly code: string
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  /** An input method is composing: the key is its own. */
  readonly isComposing: boolean
}

export interface ComposerState {
  readonly hasChoices: boolean
  readonly isEditing: boolean
  readonly isEmpty: boolean
  readonly isPreview: boolean
}

export type ComposerAction =
  | 'send'
  | 'choose'
  | 'next-choice'
  | 'previous-choice'
  | 'dismiss-choices'
  | 'edit-last'
  | 'leave-editing'
  | 'close-preview'
  | 'toggle-preview'
  /** The field's own. */
  | null

const ofChoices = (key: ComposerKey): ComposerAction => {
  if (key.key === 'ArrowDown') return 'next-choice'
  if (key.key === 'ArrowUp') return 'previous-choice'
  if (key.key === 'Escape') return 'dismiss-choices'
  return (key.key === 'Enter' || key.key === 'Tab') && !key.shiftKey ? 'choose' : null
}

const onEscape = (state: ComposerState): ComposerAction => {
  if (state.isPreview) return 'close-preview'
  return state.isEditing ? 'leave-editing' : null
}

/** What a key does in the composer. */
export const actionOf = (key: ComposerKey, state: ComposerState): ComposerAction => {
  if (key.isComposing) return null
  if (key.altKey && key.code === 'KeyP' && !key.ctrlKey && !key.metaKey) return 'toggle-preview'
  if (key.altKey) return null
  const chosen = state.hasChoices ? ofChoices(key) : null
  if (chosen !== null) return chosen
  if (key.key === 'Enter') return key.shiftKey ? null : 'send'
  if (key.key === 'Escape') return onEscape(state)
  const isBare = !key.shiftKey && !key.ctrlKey && !key.metaKey
  return key.key === 'ArrowUp' && isBare && state.isEmpty && !state.isEditing ? 'edit-last' : null
}
