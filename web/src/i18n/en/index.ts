import call from './call.json'
import channel from './channel.json'
import common from './common.json'
import conversation from './conversation.json'
import room from './room.json'
import search from './search.json'
import session from './session.json'
import shell from './shell.json'

/** Every sentence of the app in English. Its shape is what every other language has. */
export const en = { call, channel, common, conversation, room, search, session, shell }
