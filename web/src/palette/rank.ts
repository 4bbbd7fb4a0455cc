const isStart = (text: string, index: number): boolean =>
  index === 0 || !/[\p{L}\p{N}]/u.test(text[index - 1] ?? '')

/**
 * How well a name fits what was typed: 0 not at all; else higher is better. The beginning counts most, then the beginning of a
 * word, then anywhere, then the letters in their order with others between.
 */
export const scoreOf = (name: string, typed: string): number => {
  const text = name.toLocaleLowerCase()
  const wish = typed.trim().toLocaleLowerCase()
  if (wish === '') return 1
  if (text === wish) return 100
  for (let index = text.indexOf(wish); index !== -1; index = text.indexOf(wish, index + 1)) {
    if (index === 0) return 90
    if (isStart(text, index)) return 70
  }
  if (text.includes(wish)) return 50
  return isSpread(text, wish) ? 20 : 0
}

/** All letters in their order, the first one at the beginning of a word: `nwdm` for `new direct message`. */
const isSpread = (text: string, wish: string): boolean => {
  const letters = [...wish.replace(/\s+/gu, '')]
  let at = -1
  for (const [position, letter] of letters.entries()) {
    at = text.indexOf(letter, at + 1)
    while (position === 0 && at !== -1 && !isStart(text, at)) at = text.indexOf(letter, at + 1)
    if (at === -1) return false
  }
  return true
}

/** The best first, at most so many; equals keep their order. */
export const best = <T>(
  items: readonly T[],
  typed: string,
  nameOf: (item: T) => string,
  most: number,
): readonly T[] =>
  items
    .map((item) => ({ item, score: scoreOf(nameOf(item), typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item)
