export { kept } from './kept.ts'
export { type Settings, setTheme, type Theme, useSettings } from './settings-store.ts'
