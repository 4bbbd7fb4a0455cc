import call from './call.json'
import channel from './channel.json'
import common from './common.json'
import conversation from './conversation.json'
import room from './room.json'
import search from './search.json'
import session from './session.json'
import shell from './shell.json'

/** Every sentence of the app in Arabic. */
export const ar = { call, channel, common, conversation, room, search, session, shell }
