/**
 * How a connection begins and what it says, as `bench/load/script.h` reads it: the path, what it says, then what it waits for
 * and sends in turn. With the last of them it is ready.
 */
export type Wire =
  /** WebSocket frames. */
  | 'ws'
  /** Texts that end with a line feed. */
  | 'lines'
  /** Texts that end with `>`. */
  | 'tags'

export interface ScriptParts {
  readonly path: string
  /** Holds `TICK`; null: it says nothing. */
  readonly say: string | null
  /** Waits and sends in turn; begins and ends with a wait. */
  readonly steps: readonly string[]
}

/** Where the moment of sending goes: 16 digits, filled in by the generator. */
export const TICK = 'tick:0000000000000000'

/** A message of so many bytes, with the place for the moment of sending. */
export const contentOf = (bytes: number): string => `${TICK} `.padEnd(bytes, 'lorem ipsum dolor ')

export const scriptOf = ({ path, say, steps }: ScriptParts): string => {
  const fields = [path, say ?? '-', ...steps].map((field) =>
    field.replaceAll('\r', '\\r').replaceAll('\n', '\\n'),
  )
  if (fields.some((field) => field.includes('\t'))) throw new Error('a field of a script has a tab')
  if (steps.length % 2 === 0) throw new Error('a script ends with what it waits for')
  return fields.join('\t')
}
