/** More of them are a line of text, not a gesture. */
const MAX_EMOJI = 12
/** The longest that `MAX_EMOJI` of them can be, in UTF-16 units: families and flags of regions are long. */
const MAX_LENGTH = MAX_EMOJI * 36

const EMOJI =
  /(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:[\u{E0020}-\u{E007F}])*(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*)/gu

/** Whether a text is nothing but a few emoji: such a message is shown larger. */
export const isEmojiOnly = (text: string): boolean => {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > MAX_LENGTH) return false
  const found = trimmed.match(EMOJI)
  if (found === null || found.length > MAX_EMOJI) return false
  return trimmed.replace(EMOJI, '').trim() === ''
}
