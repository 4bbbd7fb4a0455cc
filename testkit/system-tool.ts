import { spawnSync } from 'node:child_process'

/** A program that a test needs and npm does not bring. */
export interface SystemTool {
  readonly command: string
  /** Arguments with which it ends at once with 0. */
  readonly probe: readonly string[]
  /** Debian's package. */
  readonly package: string
  /** The service that the package would start and keep. */
  readonly service?: string
}

/** How long a tool may take to answer the probe (ms): one that starts a server instead would never end. */
const PROBE_PATIENCE = 30_000
/** How long another installation may take (s). */
const LOCK_PATIENCE = 120

export const STRACE: SystemTool = { command: 'strace', probe: ['-V'], package: 'strace' }
export const TURNSERVER: SystemTool = {
  command: 'turnserver',
  probe: ['--version'],
  package: 'coturn',
  service: 'coturn',
}
export const FAKETIME: SystemTool = { command: 'faketime', probe: ['--version'], package: 'faketime' }
export const REDIS: SystemTool = {
  command: 'redis-server',
  probe: ['--version'],
  package: 'redis-server',
  service: 'redis-server',
}

export const NGINX: SystemTool = { command: 'nginx', probe: ['-v'], package: 'nginx', service: 'nginx' }
export const HAPROXY: SystemTool = {
  command: 'haproxy',
  probe: ['-v'],
  package: 'haproxy',
  service: 'haproxy',
}
export const IPROUTE: SystemTool = { command: 'ip', probe: ['-V'], package: 'iproute2' }
export const OPENSSL: SystemTool = { command: 'openssl', probe: ['version'], package: 'openssl' }

/** Root of a container may install what is missing; anybody else is told how to, by an error of one line. */
export const requireTool = (tool: SystemTool): void => {
  const works = (): boolean => spawnSync(tool.command, tool.probe, { timeout: PROBE_PATIENCE }).status === 0
  if (works()) return
  if (process.getuid?.() === 0) install(tool)
  if (works()) return
  const { command, package: name } = tool
  throw new Error(`This test needs ${command}: apt-get install ${name} (Debian, Ubuntu), then again.`)
}

const install = ({ package: name, service }: SystemTool): void => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (command: string, args: readonly string[]): boolean =>
    spawnSync(command, args, { stdio: 'ignore', env }).status === 0
  // Another test may be installing another tool.
  const wait = ['-o', `DPkg::Lock::Timeout=${LOCK_PATIENCE}`]
  const apt = (): boolean => run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', name])
  // The test starts its own, and nobody asked for one that runs from now on.
  if (service !== undefined) run('systemctl', ['mask', '--runtime', service])
  // The image of a container often knows no packages at first.
  if (!apt() && run('apt-get', ['update'])) apt()
  if (service === undefined) return
  run('systemctl', ['disable', service])
  run('systemctl', ['unmask', '--runtime', service])
}
