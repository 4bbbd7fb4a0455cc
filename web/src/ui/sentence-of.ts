/** What to show of something that was thrown: the sentence of a `ParleyError` (or any other error), else `otherwise`. */
export const sentenceOf = (cause: unknown, otherwise: string): string =>
  cause instanceof Error && cause.message !== '' ? cause.message : otherwise
