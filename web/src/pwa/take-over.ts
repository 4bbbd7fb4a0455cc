/** Told to a service worker that waits: be the one in charge now. */
export const TAKE_OVER = 'parley-take-over'
