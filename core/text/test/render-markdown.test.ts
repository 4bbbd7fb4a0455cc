import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_MARKDOWN, renderMarkdown } from '../render-markdown.ts'
import { DOCUMENT_CASES, NESTED_CASES, OWASP_CASES } from './clean-text.cases.ts'
import { MARKDOWN_CASES, MARKDOWN_XSS_CASES } from './render-markdown.cases.ts'

const TAG = /<(?:\/?(?:p|b|i|em|strong|a|code|pre|ul|ol|li|blockquote)|br \/|a href="([^"<>]*)")>/g

/** Only the listed elements and `href`, and each `href` resolves to what may be opened. */
const expectSafe = (html: string): void => {
  for (const [, href] of html.matchAll(TAG)) {
    if (href === undefined) continue
    const address = href
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    if (!URL.canParse(address, 'https://here.example')) continue
    expect(['http:', 'https:', 'mailto:']).toContain(new URL(address, 'https://here.example').protocol)
  }
  expect(html.replace(TAG, '')).not.toMatch(/[<>]/)
}

const PIECES = [
  ...[
    '*',
    '_',
    '**',
    '`',
    '```',
    '[',
    '](',
    ')',
    '![',
    '<',
    '>',
    '</',
    'a',
    'b ',
    '\n',
    '\n\n',
    '\\',
    '|',
    '|-|\n',
  ],
  ...[
    '- ',
    '1. ',
    '7. ',
    '> ',
    '# ',
    '~~',
    '&',
    '&lt;',
    '&#',
    '&colon;',
    '"',
    "'",
    'javascript:',
    'data:',
    'http://',
  ],
  ...[
    '<b>',
    '</b>',
    '<a href="',
    '">',
    '<script>',
    '</script>',
    '<img src=x onerror=x>',
    '<p>',
    '</p>',
    '<!--',
    '-->',
  ],
  ...['[x]: ', '    ', '\t', '<pre>', '</pre>', '<br>', '<textarea>', '<li>', '😀', '\0', '@a.b', 'www.'],
]

describe('renderMarkdown', () => {
  it.each(MARKDOWN_CASES)(
    'TEXT-4 renders Markdown with the elements that are allowed: %j',
    (source, expected) => {
      expect(renderMarkdown(source)).toBe(expected)
      expectSafe(expected)
    },
  )

  it.each(MARKDOWN_XSS_CASES)(
    'TEXT-5 shows other HTML as typed, and drops other addresses: %j',
    (source, expected) => {
      expect(renderMarkdown(source)).toBe(expected)
      expectSafe(expected)
    },
  )

  it.each([...DOCUMENT_CASES, ...OWASP_CASES, ...NESTED_CASES])(
    'TEXT-5 nothing that runs comes of %j',
    (source) => {
      expectSafe(renderMarkdown(source))
      expectSafe(renderMarkdown(`**x** [y](${source}) ${source}`))
    },
  )

  it('TEXT-5 nothing that runs comes of anything put together from pieces', () => {
    const sources = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(sources, (source) => expectSafe(renderMarkdown(source))),
      { numRuns: 3_000 },
    )
  })

  it('TEXT-4 text without Markdown comes out the same, whether the parser saw it or not', () => {
    const words = fc.constantFrom(
      'a',
      'x:',
      ' b',
      ' -',
      ' +',
      '!',
      '?',
      ' 1.',
      ' "q"',
      "'",
      '(c)',
      ';',
      '5',
      '{',
      'é',
      '😀',
      ',',
      '$',
      '%',
      '/',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        const text = parts.join('')
        expect(renderMarkdown(text)).toBe(renderMarkdown(`${text}\n`))
      }),
      { numRuns: 1_000 },
    )
  })

  it('TEXT-6 a source that is too long, or made to be costly, is shown as it was typed', () => {
    const long = `**a** <b>\n${'x '.repeat(MAX_MARKDOWN / 2)}`
    expect(renderMarkdown(long)).toBe(`<p>**a** &lt;b&gt;<br />${'x '.repeat(MAX_MARKDOWN / 2).trim()}</p>`)
    expect(renderMarkdown('> '.repeat(100))).toBe(`<p>${'&gt; '.repeat(100).trim()}</p>`)
    expect(renderMarkdown('*a '.repeat(300))).toBe(`<p>${'*a '.repeat(300).trim()}</p>`)
    expect(renderMarkdown('> '.repeat(10).concat('x'))).toContain('<blockquote>')
  })
})
