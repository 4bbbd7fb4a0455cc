const NOT_WELL_FORMED = /\p{Surrogate}/u

/** What is said of a text that is not storable. */
export const UNSTORABLE = 'Holds a character that cannot be stored (NUL or half a surrogate pair)'

/** NUL and lone surrogates are refused in every text, alike on every store (wire, "Rules for all"). */
export const isStorableText = (text: string): boolean =>
  !text.includes('\u0000') && !NOT_WELL_FORMED.test(text)
