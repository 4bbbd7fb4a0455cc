/** Colours of avatars that tokens.css holds. */
const COLOURS = 8

/** The same colour for the same id, everywhere. */
export const colourOf = (id: string): number => {
  let hash = 0
  for (let index = 0; index < id.length; index += 1) hash = (Math.imul(hash, 31) + id.charCodeAt(index)) >>> 0
  return hash % COLOURS
}

/** One or two letters: of the first and last word, in any script. */
export const initialsOf = (name: string): string => {
  const words = name.split(/[\s._-]+/u).filter((word) => word !== '')
  const first = [...(words[0] ?? '')][0] ?? '?'
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toLocaleUpperCase()
}
