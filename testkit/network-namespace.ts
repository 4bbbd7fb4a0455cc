import { execFileSync } from 'node:child_process'
import { IPROUTE, requireTool } from './system-tool.ts'

/** A network of its own, tied to this machine's by one cable that a test may pull. Needs root. */
export interface NetworkNamespace {
  /** This machine's end of the cable. */
  readonly hostAddress: string
  /** The other end: what listens there is reached from here. */
  readonly address: string
  /** Put before a command, it runs there. */
  readonly run: readonly string[]
  /** Nothing passes, and nobody is told: what is under way is silence. */
  cut(): void
  heal(): void
  remove(): void
}

const ip = (...args: readonly string[]): void => {
  execFileSync(IPROUTE.command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** `index` (0 to 63) tells those of one process apart. */
export const makeNetworkNamespace = (index: number): NetworkNamespace => {
  requireTool(IPROUTE)
  const name = `parley-${process.pid}-${index}`
  // At most 15 characters.
  const cable = `py${process.pid}-${index}`
  const net = `10.231.${process.pid % 250}`
  const [hostAddress, address] = [`${net}.${index * 4 + 1}`, `${net}.${index * 4 + 2}`]
  const remove = (): void => {
    try {
      ip('link', 'delete', cable)
    } finally {
      ip('netns', 'delete', name)
    }
  }
  ip('netns', 'add', name)
  try {
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('address', 'add', `${hostAddress}/30`, 'dev', cable)
    ip('link', 'set', cable, 'up')
    ip('-n', name, 'address', 'add', `${address}/30`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
  } catch (error) {
    remove()
    throw error
  }
  return {
    ...{ hostAddress, address, remove },
    run: [IPROUTE.command, 'netns', 'exec', name],
    cut: () => ip('link', 'set', cable, 'down'),
    heal: () => ip('link', 'set', cable, 'up'),
  }
}
