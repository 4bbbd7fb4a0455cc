const NOT_WELL_FORMED = /\p{Surrogate}/u

/** NUL and lone surrogates are refused in every text, alike on every store (wire, "Rules for all"). */
export const isStorableText = (text: string): boolean =>
  !text.includes('\u0000') && !NOT_WELL_FORMED.test(text)
