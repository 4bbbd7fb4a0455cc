/** What of a `KeyboardEvent` decides. */
export type Stroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Does a stroke mean `Mod+K`, `Alt+ArrowUp`, `?`? `Mod` is Ctrl or Command. Letters by their place, too, for other scripts. */
export const matches = (keys: string, stroke: Stroke): boolean => {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const wants = (name: string): boolean => parts.slice(0, -1).includes(name)
  if (wants('Mod') !== (stroke.ctrlKey || stroke.metaKey)) return false
  if (wants('Alt') !== stroke.altKey) return false
  const isLetter = /^[A-Z]$/u.test(key)
  // A sign such as `?` says by itself whether Shift is held.
  if ((isLetter || key.length > 1) && wants('Shift') !== stroke.shiftKey) return false
  if (!isLetter) return stroke.key === key
  return stroke.key.toUpperCase() === key || (!/^[a-z]$/iu.test(stroke.key) && stroke.code === `Key${key}`)
}
