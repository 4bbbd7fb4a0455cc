import { connectionsOf, type Parts } from '../compose.ts'
import { type Assets, readAssets } from '../http/assets.ts'
import type { RestApp } from '../rest/context.ts'
import { VERSION } from '../version.ts'
import { adminFolder } from './assets.ts'
import { AdminNamespace } from './namespace.ts'
import { Overview } from './overview.ts'
import { RoomSizes } from './room-sizes.ts'
import { addAdminRoutes } from './routes.ts'
import { readSocketIoUi } from './socket-io-ui.ts'

export { Watch } from './watch.ts'

type Watched = Pick<
  Parts,
  | 'config'
  | 'core'
  | 'store'
  | 'bus'
  | 'leases'
  | 'chat'
  | 'hub'
  | 'signal'
  | 'peerjs'
  | 'sockets'
  | 'http'
  | 'observer'
  | 'watch'
>

/** The operations page, the delivery ledger and the Socket.IO admin UI, for admins. After REST, before `listen`. */
export const addAdmin = async (parts: Watched): Promise<void> => {
  const { config, core, store, bus, leases, sockets, http, observer, watch } = parts
  const rooms = new RoomSizes({ core, store, rooms: () => sockets.io.of('/').adapter.rooms })
  const overview = new Overview({
    ...{ core, store, leases, watch, rooms },
    nodeId: config.nodeId,
    version: VERSION,
    connections: () => connectionsOf(parts),
    isBusUp: () => bus.isUp,
  })
  new AdminNamespace({
    ...{ io: sockets.io, core, nodeId: config.nodeId },
    onRefused: (request) => {
      if (request !== null) http.reportAnonymousUpgrade(request)
    },
  })
  const page = await readAssets(adminFolder('page'))
  // Two megabytes that most processes never serve.
  let socketIoUi: Promise<Assets> | null = null
  await http.fastify.register(async (scope) => {
    addAdminRoutes(scope as unknown as RestApp, {
      ...{ core, overview, observer, page },
      socketIoUi: () => {
        socketIoUi ??= readSocketIoUi()
        return socketIoUi
      },
    })
  })
  http.fastify.addHook('onClose', async () => overview.stop())
}
