/**
 * Unique and unguessable. `randomUUID` puts its text together of pieces that all stay in memory as long as it does: half a
 * kilobyte for each connection. This is the same text in one piece.
 */
export const newConnectionId = (): string => Buffer.from(crypto.randomUUID(), 'latin1').toString('latin1')
