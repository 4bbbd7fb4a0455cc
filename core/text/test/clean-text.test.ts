import fc from 'fast-check'
import sanitizeHtml from 'sanitize-html'
import { describe, expect, it } from 'vitest'
import { cleanText } from '../clean-text.ts'
import { EVENT_HANDLER_NAMES } from '../event-handler-names.ts'
import { DOCUMENT_CASES, NESTED_CASES, OWASP_CASES, PLAIN_TEXTS } from './clean-text.cases.ts'

const ALL_CASES = [...DOCUMENT_CASES, ...OWASP_CASES, ...NESTED_CASES]

const REFERENCES: Readonly<Record<string, string>> = {
  colon: ':',
  tab: '\t',
  newline: '\n',
  sol: '/',
  plus: '+',
}

/** Character references resolved and unseen characters left out; written apart from the code it looks at. */
const resolve = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]+);?/gi, (_, hex: string) =>
      String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0xffff)),
    )
    .replace(/&#(\d+);?/g, (_, digits: string) => String.fromCodePoint(Math.min(Number(digits), 0xffff)))
    .replace(/&(colon|tab|newline|sol|plus);/gi, (_, name: string) => REFERENCES[name.toLowerCase()]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
    .replace(/[\0-\x1f\x7f-\x9f\xad\u200b-\u200f\u2060-\u206f\ufeff]/g, '')

const HANDLER = new RegExp(`(?<![\\w-])(?:${[...EVENT_HANDLER_NAMES].join('|')})\\s*=`, 'i')
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const UNSEEN = /[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2060-\u206f\ufeff]/g
const ELEMENT = /<\/?(?:script|iframe|style|svg|math)(?![\w.:-])/i

const expectHarmless = (text: string): void => {
  const seen = text.replace(UNSEEN, '')
  expect(seen).not.toMatch(ELEMENT)
  expect(seen).not.toMatch(HANDLER)
  expect(resolve(text)).not.toMatch(/javascript:|vbscript:|data:text\/html/i)
  sanitizeHtml(text, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (name, attributes) => {
      expect(['script', 'iframe', 'style', 'svg', 'math']).not.toContain(name)
      if (['object', 'embed', 'base', 'link', 'meta', 'applet'].includes(name))
        expect(Object.values(attributes).join('')).toBe('')
      for (const [attribute, value] of Object.entries(attributes)) {
        expect(value !== '' && EVENT_HANDLER_NAMES.has(attribute.toLowerCase())).toBe(false)
        expect(resolve(value)).not.toMatch(/^\s*(?:javascript|vbscript):/i)
      }
    },
  })
}

const PIECES = [
  ...[
    '<script',
    '</script',
    '<iframe',
    '</iframe>',
    '<scr',
    'ipt',
    '<base ',
    '<object',
    '<svg',
    '</',
    '<',
    '>',
    '/',
  ],
  ...[
    'java',
    'script',
    'javascript',
    ':',
    'vb',
    'data:',
    'text/html',
    '&colon;',
    '&#58;',
    '&#x6a;',
    'avascript',
    '&',
  ],
  ...[
    'on',
    'click',
    'onclick',
    'onload',
    'o',
    'nclick',
    'error',
    '=',
    ' = ',
    ' ',
    '\n',
    '\t',
    '\0',
    '\u200b',
    '-',
  ],
  ...['a', '"', "'", '&lt;', 'href', ' x=', '&Tab;', '&sol;', ';', '&#', '😀'],
]

const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''))

describe('cleanText', () => {
  it.each(ALL_CASES)('TEXT-1 takes out what would run in a page: %j', (source, expected) => {
    expect(cleanText(source)).toBe(expected)
    expectHarmless(cleanText(source))
  })

  it('TEXT-1 nothing that would run is left of anything put together from pieces', () => {
    fc.assert(
      fc.property(hostile, (source) => expectHarmless(cleanText(source))),
      { numRuns: 3_000 },
    )
  })

  it('TEXT-1 every name of an event handler goes, in either case', () => {
    for (const name of EVENT_HANDLER_NAMES) {
      expect(cleanText(`<b ${name}=x>`)).toBe('<b x>')
      expect(cleanText(`${name.toUpperCase()} = x`)).toBe(' x')
    }
  })

  it('TEXT-1 what is nested deeper than anybody nests loses what it could harm with', () => {
    for (const depth of [10, 100, 400]) {
      const cleaned = cleanText(
        `${'java'.repeat(depth)}${'script:'.repeat(depth)}${'<scr'.repeat(depth)}<script>`,
      )
      expectHarmless(cleaned)
      expect(cleanText(cleaned)).toBe(cleaned)
    }
  })

  it.each(PLAIN_TEXTS)('TEXT-2 leaves plain text as it is: %j', (text) => {
    expect(cleanText(text)).toBe(text)
  })

  it('TEXT-2 text without <, :, = and & comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const plain = text.replace(/[<:=&]/g, '')
        expect(cleanText(plain)).toBe(plain)
      }),
    )
  })

  it('TEXT-3 cleaning twice is cleaning once, and nothing is added', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (source) => {
        const cleaned = cleanText(source)
        expect(cleanText(cleaned)).toBe(cleaned)
        expect(cleaned.length).toBeLessThanOrEqual(source.length)
      }),
      { numRuns: 3_000 },
    )
  })
})
