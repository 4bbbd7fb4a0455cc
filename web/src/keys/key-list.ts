import type { en } from '../i18n/en/index.ts'

export interface KeyLine {
  readonly keys: readonly string[]
  readonly words: keyof (typeof en)['shell']['keys']
}

/** Every key of the app, as `?` shows them. */
export const KEY_LIST: readonly {
  readonly words: keyof (typeof en)['shell']['keys']
  readonly lines: readonly KeyLine[]
}[] = [
  {
    words: 'general',
    lines: [
      { keys: ['Mod+K'], words: 'palette' },
      { keys: ['Alt+ArrowUp'], words: 'previous' },
      { keys: ['Alt+ArrowDown'], words: 'next' },
      { keys: ['Alt+Shift+ArrowUp'], words: 'previousUnread' },
      { keys: ['Alt+Shift+ArrowDown'], words: 'nextUnread' },
      { keys: ['Escape'], words: 'close' },
      { keys: ['Mod+,'], words: 'settings' },
      { keys: ['?'], words: 'help' },
    ],
  },
  {
    words: 'conversation',
    lines: [
      { keys: ['Enter'], words: 'send' },
      { keys: ['Shift+Enter'], words: 'newLine' },
      { keys: ['ArrowUp'], words: 'editLast' },
      { keys: ['Alt+P'], words: 'preview' },
      { keys: ['ArrowUp', 'ArrowDown'], words: 'messages' },
    ],
  },
]
