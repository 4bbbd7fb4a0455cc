/**
 * Bounds of the ports, again: the writer's thread imports no package but the database's, so that it starts at once.
 * A test holds them equal.
 */

/** `MAX_PASSED_SCAN` */
export const MAX_PASSED_SCAN = 1_000
/** `QUIET_ABOVE` */
export const QUIET_ABOVE = 50
/** `MAX_CHANNEL_MEMBERS` */
export const MAX_CHANNEL_MEMBERS = 20_000
/** `MAX_CHANNELS_PER_USER` */
export const MAX_CHANNELS_PER_USER = 1_000
/** `MAX_REACTIONS` */
export const MAX_REACTIONS = 20
