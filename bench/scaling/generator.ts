import { Clients } from './clients.ts'
import type { Answer, Order } from './generator-orders.ts'

/** The process that makes the load: what it uses itself is nobody's figure. It ends with the process that started it. */

const clients = new Clients()

const obey = (order: Order): Promise<unknown> => {
  switch (order.kind) {
    case 'chat':
      return clients.connectChat(order.clients)
    case 'channels':
      return clients.connectChannels(order.clients)
    case 'send':
      return clients.send(order.sends, order.expected)
    case 'burst':
      return clients.burst(order.messages, order.outstanding)
    case 'hold':
      return clients.hold(order.dialect, order.clients)
    case 'leave':
      return clients.leave()
  }
}

process.on('message', (order: Order) => {
  const answer = (given: Answer): void => void process.send?.(given)
  obey(order).then(
    (result) => answer({ ok: true, result: result ?? null }),
    (error: unknown) => answer({ ok: false, why: String(error) }),
  )
})
// The terminal's Ctrl-C comes to all; who started this one ends it in order.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
