export { type UseKeyOptions, useKey } from './use-key.ts'
