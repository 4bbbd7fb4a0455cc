/** What became of a text. */
export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: 'depth' | 'syntax' }

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Parses JSON that is at most `maxDepth` arrays and objects deep. The depth is counted before parsing, so a
 * text of brackets costs one look at each character. Says nothing about the strings inside.
 */
export function parseJson(text: string, maxDepth = 32): JsonResult {
  if (exceedsDepth(text, maxDepth)) return { ok: false, reason: 'depth' }
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch {
    return { ok: false, reason: 'syntax' }
  }
}

function exceedsDepth(text: string, maxDepth: number): boolean {
  // A text this short cannot open more brackets than it has room to close.
  if (text.length <= maxDepth * 2) return false
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) {
      inString = true
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return true
    } else if (code === 0x5d || code === 0x7d) {
      depth--
    }
  }
  return false
}
