import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { cleanText } from '../clean-text.ts'
import { renderMarkdown } from '../render-markdown.ts'

const LENGTHS = [4_096, 5_000, 65_536] as const
/** Far above what one bomb takes, and far below the seconds of a parser that is not protected. */
const MOST_DELAY_MS = 500

/** Each is repeated to its length. */
const UNITS: readonly string[] = [
  ...['>', '> ', '- ', '* ', '1. ', '- > ', '> - ', '1. > ', '- a\n', '- a\n\n', '> a\n', '- [ ] '],
  ...['*', '_', '~', '*a **b ', '*a_ ', 'a_', 'a**b', '***a ', '*_', 'a*_~', '**_', '~a ', '*a _b '],
  ...[
    '`',
    '`a ``b ',
    '```\n',
    '[',
    ']',
    '](',
    '[a](',
    '[a](<',
    '![',
    '[[]',
    '[a][b]',
    '[a]: b\n',
    '[](a "',
    '*[a',
    '[*a](b',
  ],
  ...['<', '<a', '<a ', '<a href="', '<!--', '<?', '</', '<a b=c ', '<div>\n', '<http:', '<a@'],
  ...[
    '&',
    '&amp;',
    '&#',
    '&#x',
    '&#0',
    '|',
    '|a',
    '|a|\n|-|\n',
    'a|',
    'a\n',
    'a\n=',
    '\n',
    ' ',
    ' \n',
    '\t',
    '    a\n',
  ],
  ...['#', '# ', '---', '- - ', '_ _ ', '\\', '\\*', 'http://', 'www.', 'a@b.', 'a-_', 'a.', '(', ')'],
  ...[
    '<script',
    '<script>',
    '</script',
    '<iframe></iframe',
    '<base ',
    '<svg><math>',
    '<scr<script>ipt>',
    'java\n',
  ],
  ...[
    'javascript',
    'javascript:',
    'data:\n',
    '\n:',
    '=',
    ' =',
    'onclick=',
    'onclick ',
    'on',
    'a=',
    '\0',
    '\u200b',
    '\ud800',
  ],
]

const repeat = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

/** `half` of the length of one, then of the other. */
const two = (first: string, second: string, length: number): string =>
  repeat(first, length / 2) + repeat(second, length / 2)

const PAIRS: readonly (readonly [string, string])[] = [
  ['java', 'script:'],
  ['oncl', 'ick='],
  ['<scr', 'ipt>'],
  ['*a ', 'a* '],
  ['*a _b ', 'a_ b* '],
  ['*', '*a'],
  ['[', ']'],
  ['[a](b', ' '],
  ['# a', ' '],
  ['a-_', '@'],
  ['*\n\n1. **', ')\n'],
  ['[a]: b\n', '[a '],
]

const bombs = LENGTHS.flatMap((length) => [
  ...UNITS.map((unit) => repeat(unit, length)),
  ...PAIRS.map(([first, second]) => two(first, second, length)),
])

describe('text made to be costly', () => {
  it.each([
    ['cleanText', cleanText],
    ['renderMarkdown', renderMarkdown],
  ])('TEXT-6 no text stalls the event loop in %s', async (_, work) => {
    work('*a* <b> x: y=z')
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    await pause(30)
    for (const bomb of bombs) {
      expect(typeof work(bomb)).toBe('string')
      await pause(0)
    }
    await pause(30)
    delay.disable()
    expect(delay.count).toBeGreaterThan(2)
    expect(delay.max / 1e6).toBeLessThan(MOST_DELAY_MS)
  })
})
