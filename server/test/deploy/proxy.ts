import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@parley/testkit/free-port'
import { keepProcess } from '@parley/testkit/kept-process'
import { HAPROXY, NGINX, OPENSSL, requireTool, type SystemTool } from '@parley/testkit/system-tool'

/** How long a proxy may take to start, on a machine that is busy (ms). */
const PATIENCE = 20_000

/** A text of the file and what stands in its place: what ties the file to a machine, and times that a test cannot wait for. */
type Replacement = readonly [from: string, to: string]

export interface ProxyKind {
  readonly name: 'nginx' | 'HAProxy'
  readonly tool: SystemTool
  /** The file of `deploy/` that is tested. */
  readonly file: string
  /** The time after which an idle WebSocket ends, by its name. */
  readonly idle: string
  /** Longest time that a client may take for its headers and for its body, by their names. */
  readonly request: readonly string[]
  readonly replacements: (at: Placement) => readonly Replacement[]
  readonly command: (folder: string, text: string) => readonly string[]
}

interface Placement {
  readonly folder: string
  readonly httpPort: number
  readonly httpsPort: number
}

export const NGINX_PROXY: ProxyKind = {
  name: 'nginx',
  tool: NGINX,
  file: 'nginx.conf',
  idle: 'proxy_read_timeout',
  request: ['client_header_timeout', 'client_body_timeout'],
  replacements: ({ folder, httpPort, httpsPort }) => [
    ['listen 80;', `listen 127.0.0.1:${httpPort};`],
    ['listen 443 ssl', `listen 127.0.0.1:${httpsPort} ssl`],
    ['/etc/ssl/parley/', `${folder}/`],
    ['/var/log/nginx/', `${folder}/`],
  ],
  command: (folder, text) => {
    // What Debian's nginx.conf has around every site, for a user without rights.
    const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (it) => `${it}_temp_path ${folder}/${it};`,
    )
    writeFileSync(join(folder, 'parley.conf'), text)
    writeFileSync(
      join(folder, 'main.conf'),
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
      events { worker_connections 1024; } http { ${kept.join(' ')} include ${folder}/parley.conf; }`,
    )
    return ['-e', 'stderr', '-p', folder, '-c', join(folder, 'main.conf')]
  },
}

export const HAPROXY_PROXY: ProxyKind = {
  name: 'HAProxy',
  tool: HAPROXY,
  file: 'haproxy.cfg',
  idle: 'timeout tunnel',
  request: ['timeout http-request'],
  replacements: ({ folder, httpPort, httpsPort }) => [
    ['bind :80', `bind 127.0.0.1:${httpPort}`],
    ['bind :443 ', `bind 127.0.0.1:${httpsPort} `],
    ['/etc/haproxy/', `${folder}/`],
  ],
  command: (folder, text) => {
    writeFileSync(join(folder, 'haproxy.cfg'), text)
    return ['-db', '-f', join(folder, 'haproxy.cfg')]
  },
}

export interface RunningProxy {
  /** `https://localhost:PORT`. */
  readonly url: string
  readonly httpPort: number
  readonly httpsPort: number
  /** What its certificate is checked by. */
  readonly ca: string
  /** Everything that it logged. */
  log(): string
  stop(): Promise<void>
}

/** The file as it is in the repository. */
export const readProxyFile = ({ file }: ProxyKind): string =>
  readFileSync(new URL(`../../../deploy/${file}`, import.meta.url), 'utf8')

/** Starts a proxy with the file of `deploy/` before these nodes. `changes` are further replacements. */
export const startProxy = async (
  kind: ProxyKind,
  nodes: readonly string[],
  changes: readonly Replacement[] = [],
): Promise<RunningProxy> => {
  requireTool(kind.tool)
  const folder = mkdtempSync(join(tmpdir(), 'parley-proxy-'))
  const [httpPort, httpsPort] = [await freePort(), await freePort()]
  const ca = makeCertificate(folder)
  const placed = kind.replacements({ folder, httpPort, httpsPort })
  const text = [...placed, ...changes].reduce(replace, atNodes(readProxyFile(kind), nodes))
  const { output, stop } = keepProcess(kind.tool.command, kind.command(folder, text))
  const files = ['parley.log', 'parley-error.log'].map((name) => join(folder, name))
  const end = async (): Promise<void> => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
  await accepts(httpsPort).catch(async () => {
    await end()
    throw new Error(`${kind.name} did not start; it wrote:\n${output()}`)
  })
  return {
    url: `https://localhost:${httpsPort}`,
    httpPort,
    httpsPort,
    ca,
    log: () => [output(), ...files.filter(existsSync).map((file) => readFileSync(file, 'utf8'))].join(''),
    stop: end,
  }
}

/** A replacement that finds nothing would leave the test without what it tests. */
const replace = (text: string, [from, to]: Replacement): string => {
  if (!text.includes(from)) throw new Error(`the file no longer has: ${from}`)
  return text.replaceAll(from, to)
}

/** The n-th node of the file is the n-th that runs; those beyond are left out. */
const atNodes = (text: string, nodes: readonly string[]): string =>
  text
    .split('\n')
    .flatMap((line) => {
      const number = /^\s*server .*parley-(\d+):3000/.exec(line)?.[1]
      if (number === undefined) return [line]
      const node = nodes[Number(number) - 1]
      return node === undefined ? [] : [line.replace(/\S+:3000/, new URL(node).host)]
    })
    .join('\n')

const makeCertificate = (folder: string): string => {
  requireTool(OPENSSL)
  const [certificate, key] = ['fullchain.pem', 'privkey.pem'].map((name) => join(folder, name))
  const names = 'subjectAltName=DNS:localhost'
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const args = ['req', '-x509', ...curve, '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', names]
  execFileSync(OPENSSL.command, [...args, '-keyout', key!, '-out', certificate!], { stdio: 'ignore' })
  const text = readFileSync(certificate!, 'utf8')
  writeFileSync(join(folder, 'parley.pem'), text + readFileSync(key!, 'utf8'), { mode: 0o600 })
  return text
}

const accepts = async (port: number): Promise<void> => {
  for (let waited = 0; waited < PATIENCE; waited += 50) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nothing listens')
}
