/** Longest name of `/signal`. */
const MAX_NAME = 50

/** A name as `/signal` takes it: `A-Za-z0-9_-`, 1 to 50 of them; what else there is becomes `_`. */
export const signalName = (username: string): string =>
  username
    .trim()
    .slice(0, MAX_NAME)
    .replace(/[^A-Za-z0-9_-]/g, '_') || 'guest'

/** An id that nobody guesses: who knows the peer id of another can ring there. */
export const newPeerId = (): string => crypto.randomUUID()
