/**
 * What came from elsewhere must not steer this terminal: control characters (escape sequences begin with one), line
 * separators and bidi overrides become blanks, line breaks a sign.
 */
export const printable = (text: string): string =>
  text.replace(/\r?\n/g, ' ⏎ ').replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, ' ')

/** For a mention of a message that was shown before. */
export const shorten = (text: string): string => {
  const letters = [...text]
  return letters.length > 40 ? `${letters.slice(0, 40).join('')}…` : text
}
