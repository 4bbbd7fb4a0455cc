import { systemClock } from '@parley/core'
import { addAdmin } from './admin/index.ts'
import { createAsyncApi } from './async-api.ts'
import type { Parts } from './compose.ts'
import { IceServers } from './ice/ice-servers.ts'
import { addRest, type RestCore } from './rest/rest.ts'
import { VERSION } from './version.ts'

type Served = Omit<Parts, 'acceptor' | 'log'>

/** Joins REST with the core: the same commands as over the sockets. */
export const registerRoutes = async (parts: Served): Promise<void> => {
  const { config, http, accounts, metrics, observer } = parts
  const document = createAsyncApi()
  await addRest({
    http,
    accounts,
    core: restCoreOf(parts),
    ice: new IceServers(config.ice, systemClock),
    metrics,
    observer,
    metricsToken: config.metricsToken,
    asyncapi: () => document,
    version: VERSION,
  })
  await addAdmin(parts)
}

const restCoreOf = ({ core, store, bus, hub }: Served): RestCore => ({
  direct: {
    send: (...args) => core.direct.send(...args),
    history: (...args) => core.direct.history(...args),
    conversations: (...args) => core.direct.conversations(...args),
    search: (...args) => core.direct.search(...args),
    markRead: (reader, peerId) => core.receipts.readDirect(reader, peerId),
  },
  channels: core.channels,
  channelMessages: core.channelMessages,
  rooms: core.rooms,
  groups: core.groups,
  presence: core.presence,
  limits: core.limits,
  directory: store.directory,
  announce: (text) => hub.announce(text),
  isBusUp: () => bus.isUp,
  pingStore: () => store.ping(),
})
