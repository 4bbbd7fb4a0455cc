/** Where one is sent from a conversation that is one's own no longer. */
export const HOME_PATH = '/'
