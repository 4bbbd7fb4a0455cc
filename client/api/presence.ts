export interface Presence {
  readonly status: 'online' | 'offline' | 'unknown'
  /** ISO 8601; null: online, never, or not known. */
  readonly lastSeen: string | null
}
