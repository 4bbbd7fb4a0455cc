/** What a PIN is. */
export const PIN = /^\d{4}$/

/** Arabic-Indic and Persian digits are digits, too; everything else is left out. */
export const toPin = (text: string): string =>
  text
    .replace(/[\u0660-\u0669]/gu, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/gu, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/\D/gu, '')
    .slice(0, 4)
