import type { en } from './en/index.ts'

declare module 'i18next' {
  /** Makes a key that is in no language file an error of the compiler. */
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: typeof en
  }
}
