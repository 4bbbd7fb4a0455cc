import { v7 } from 'uuid'
import { z } from 'zod'

/**
 * Ids of accounts, conversations and messages: UUIDv7 in lower case when made here, any GUID in any case on input
 * (wire, "Rules for all").
 */
export const Id = z.guid('Must be an id').toLowerCase()

/** A new UUIDv7; ids of one process rise. They never order messages: positions do. */
export const newId = (): string => v7()

/** A client's own id of a message: 1 to 64 units, unique per sender for as long as the message exists. */
export const ClientMessageId = z.string().min(1).max(64)
