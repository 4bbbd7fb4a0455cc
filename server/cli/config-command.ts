import { describeSettings } from '../config.ts'
import { refuseArguments } from './usage-error.ts'

export const CONFIG_USAGE = `parley config

Lists every setting of the environment: what it is, what it must be, its default, and what is set now.`

/** Prints every setting; secrets are masked. */
export const configCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): number => {
  refuseArguments(args, 0, CONFIG_USAGE)
  for (const { name, description, expects, unit, fallback, value } of describeSettings(env)) {
    const standard =
      fallback === null ? 'unset' : `${fallback}${unit === null || unit === 'count' ? '' : ` ${unit}`}`
    process.stdout.write(
      `${name}${value === null ? '' : `=${value}`}\n    ${description}. ${sentence(expects)}. Default: ${standard}\n`,
    )
  }
  return 0
}

/** A scheme is written as it is. */
const sentence = (text: string): string =>
  /^[a-z]+:/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
