import type { Observable } from '@parley/client'

/** What was typed and not sent, of one conversation or thread. */
export interface Draft {
  readonly text: string
  /** A message of one's own that is being changed. */
  readonly editing: { readonly messageId: string; readonly text: string } | null
  /** Given to the outbox, which may not have written it yet: by the client's own id. */
  readonly handed: readonly { readonly key: string; readonly text: string }[]
}

export const NO_DRAFT: Draft = { text: '', editing: null, handed: [] }

/** Where a draft belongs. */
export interface DraftPlace {
  readonly userId: string
  readonly conversationId: string
  readonly parentId: string | null
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'parley.draft.'
/** Most drafts on one device; the one left alone longest goes first. */
const MOST = 300
/** More than anybody types into one message (UTF-16 units); the limit of a message is far below. */
const MAX_TEXT = 100_000

const keyOf = ({ userId, conversationId, parentId }: DraftPlace): string =>
  `${PREFIX}${userId}.${conversationId}${parentId === null ? '' : `.${parentId}`}`

const isEmpty = ({ text, editing, handed }: Draft): boolean =>
  text === '' && editing === null && handed.length === 0

const isText = (value: unknown): value is string => typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const readEditing = (value: unknown): Draft['editing'] =>
  isObject(value) && isText(value['messageId']) && isText(value['text'])
    ? { messageId: value['messageId'], text: value['text'] }
    : null

const readHanded = (value: unknown): Draft['handed'] =>
  (Array.isArray(value) ? value : []).flatMap((one: unknown) =>
    isObject(one) && isText(one['key']) && isText(one['text'])
      ? [{ key: one['key'], text: one['text'] }]
      : [],
  )

const parse = (json: string | null): { readonly draft: Draft; readonly at: number } | null => {
  try {
    const value: unknown = JSON.parse(json ?? 'null')
    if (!isObject(value) || !isText(value['text'])) return null
    const { editing, handed, at } = value
    return {
      draft: { text: value['text'], editing: readEditing(editing), handed: readHanded(handed) },
      at: typeof at === 'number' ? at : 0,
    }
  } catch {
    return null
  }
}

/**
 * Drafts by conversation and thread. Every change is written at once and in one step (localStorage), so that neither a
 * crash nor a reload nor signing out loses a letter. Where nothing can be kept, they live as long as the page.
 */
export class Drafts {
  readonly #store: Store | null
  readonly #unwritten = new Map<string, Draft>()
  readonly #listeners = new Map<string, Set<() => void>>()

  constructor(store: Store | null) {
    this.#store = store
  }

  /** Tells of every change of one draft. The answer ends that. */
  subscribe(place: DraftPlace, listener: () => void): () => void {
    const key = keyOf(place)
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(key)
    }
  }

  /** Something else wrote into the store: another tab. */
  changedElsewhere(key: string | null): void {
    for (const listener of this.#listeners.get(key ?? '') ?? []) listener()
  }

  read(place: DraftPlace): Draft {
    const key = keyOf(place)
    const here = this.#unwritten.get(key)
    if (here !== undefined) return here
    try {
      return parse(this.#store?.getItem(key) ?? null)?.draft ?? NO_DRAFT
    } catch {
      return NO_DRAFT
    }
  }

  write(place: DraftPlace, draft: Draft): void {
    const key = keyOf(place)
    const kept = { ...draft, text: draft.text.slice(0, MAX_TEXT) }
    if (!this.#put(key, kept)) this.#unwritten.set(key, kept)
    else this.#unwritten.delete(key)
    for (const listener of this.#listeners.get(key) ?? []) listener()
  }

  change(place: DraftPlace, change: (draft: Draft) => Draft): void {
    this.write(place, change(this.read(place)))
  }

  /** Whether something is typed there, for a mark in a list. */
  mark(place: DraftPlace): Observable<boolean> {
    return {
      get: () => this.read(place).text.trim() !== '',
      subscribe: (listener) => this.subscribe(place, listener),
    }
  }

  /** Whether it is written where it lasts. */
  #put(key: string, draft: Draft): boolean {
    if (this.#store === null) return false
    try {
      if (isEmpty(draft)) this.#store.removeItem(key)
      else {
        if (this.#store.getItem(key) === null) this.#prune(this.#store)
        this.#store.setItem(key, JSON.stringify({ ...draft, at: Date.now() }))
      }
      return true
    } catch {
      return false
    }
  }

  #prune(store: Store): void {
    const keys: string[] = []
    for (let index = 0; index < store.length; index += 1) {
      const key = store.key(index)
      if (key?.startsWith(PREFIX)) keys.push(key)
    }
    if (keys.length < MOST) return
    const byAge = keys
      .map((key) => ({ key, at: parse(store.getItem(key))?.at ?? 0 }))
      .sort((a, b) => a.at - b.at)
    for (const { key } of byAge.slice(0, keys.length - MOST + 1)) store.removeItem(key)
  }
}

const browserStore = (): Store | null => {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage
  } catch {
    return null
  }
}

/** The drafts of this device. */
export const drafts = new Drafts(browserStore())

if (typeof window !== 'undefined')
  window.addEventListener('storage', (event) => drafts.changedElsewhere(event.key))
