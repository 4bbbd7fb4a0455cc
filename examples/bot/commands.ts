/** What the bot says to a text; null: nothing, it is not meant. */
export const answerTo = (text: string, now: () => Date = () => new Date()): string | null => {
  const [, command = '', rest = ''] = /^!(\w+)\s*([\s\S]*)$/u.exec(text.trim()) ?? []
  if (command === 'echo') return rest === '' ? 'There is nothing to repeat.' : rest
  if (command === 'time') return now().toISOString()
  return null
}
