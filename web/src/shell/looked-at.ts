/** Somebody has the page before them. */
export const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus()
