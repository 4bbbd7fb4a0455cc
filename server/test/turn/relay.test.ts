import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import {
  type Coturn,
  coturnConfig,
  LOOPBACK_ALLOWANCE,
  readSample,
  startCoturn,
} from '@parley/testkit/coturn'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTurnCredentials } from '../../ice/turn-credentials.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { TurnClient, type TurnCredentials, TurnRefusal } from './turn-client.ts'

/** Black box: credentials of a running Parley, and coturn with the sample configuration. */

const SECRET = randomBytes(32).toString('hex')
const MINUTE = 60_000
const clients: TurnClient[] = []

const open = async (coturn: Coturn, credentials: TurnCredentials): Promise<TurnClient> => {
  const client = await TurnClient.open(coturn, credentials)
  clients.push(client)
  return client
}

/** The code that a TURN server refuses with; null: it did not. */
const refusalOf = async (attempt: Promise<unknown>): Promise<number | null> => {
  try {
    await attempt
    return null
  } catch (error) {
    if (error instanceof TurnRefusal) return error.code
    throw error
  }
}

const good = () => createTurnCredentials(SECRET, 'ann', Date.now() + MINUTE)

const closeClients = async (): Promise<void> => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
}
afterEach(closeClients)

describe('a relay on one machine', () => {
  let coturn: Coturn
  let server: TestServer

  beforeAll(async () => {
    coturn = await startCoturn({ secret: SECRET, allowsLoopback: true })
    server = await startTestServer({ TURN_URL: coturn.url, TURN_SECRET: SECRET })
  })
  afterAll(async () => {
    await server.stop()
    await coturn.stop()
  })

  const askParley = async (token: string | null): Promise<TurnCredentials> => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(`${server.url}/api/ice-servers`, { headers })
    const { iceServers } = (await response.json()) as {
      iceServers: [TurnCredentials & { urls: readonly string[] }]
    }
    expect(iceServers[0].urls).toEqual([coturn.url])
    return iceServers[0]
  }

  it('ICE-5 two who have credentials of Parley, one of them without an account, reach each other through it alone', async () => {
    const ann = await open(coturn, await askParley((await server.register('ann')).token))
    const guest = await open(coturn, await askParley(null))
    const [annsRelay, guestsRelay] = [await ann.allocate(), await guest.allocate()]
    expect(annsRelay).not.toEqual(guestsRelay)
    await Promise.all([ann.permit(guestsRelay.address), guest.permit(annsRelay.address)])
    ann.send(guestsRelay, 'Are you there?')
    expect(await guest.next()).toEqual({ from: annsRelay, data: 'Are you there?' })
    guest.send(annsRelay, 'Yes, just back.')
    expect(await ann.next()).toEqual({ from: guestsRelay, data: 'Yes, just back.' })
  })

  it('ICE-5 another secret, another name and an expired name are refused', async () => {
    const { username, credential } = good()
    const stranger = createTurnCredentials('another-secret-of-somebody', 'ann', Date.now() + MINUTE)
    const expired = createTurnCredentials(SECRET, 'ann', Date.now() - MINUTE)
    const renamed = { username: username.replace(/ann$/, 'bob'), credential }
    const prolonged = {
      username: username.replace(/^\d+/, (seconds) => `${Number(seconds) + 60}`),
      credential,
    }
    for (const credentials of [stranger, expired, renamed, prolonged]) {
      const client = await open(coturn, credentials)
      expect(await refusalOf(client.allocate()), credentials.username).toBe(401)
    }
    expect(await refusalOf((await open(coturn, { username, credential })).allocate())).toBeNull()
  })
})

/** What nobody may be led to, by what it is: written by hand from the registries of IANA. */
const DENIED: readonly (readonly [what: string, first: string, last: string, within: string])[] = [
  ['this network', '0.0.0.0', '0.255.255.255', '0.1.2.3'],
  ['private', '10.0.0.0', '10.255.255.255', '10.1.2.3'],
  ['shared', '100.64.0.0', '100.127.255.255', '100.100.100.200'],
  ['loopback', '127.0.0.0', '127.255.255.255', '127.0.0.1'],
  ['link-local', '169.254.0.0', '169.254.255.255', '169.254.169.254'],
  ['private', '172.16.0.0', '172.31.255.255', '172.17.0.1'],
  ['protocols', '192.0.0.0', '192.0.0.255', '192.0.0.192'],
  ['documentation', '192.0.2.0', '192.0.2.255', '192.0.2.2'],
  ['6to4 relays', '192.88.99.0', '192.88.99.255', '192.88.99.1'],
  ['private', '192.168.0.0', '192.168.255.255', '192.168.1.1'],
  ['benches', '198.18.0.0', '198.19.255.255', '198.18.1.1'],
  ['documentation', '198.51.100.0', '198.51.100.255', '198.51.100.7'],
  ['documentation', '203.0.113.0', '203.0.113.255', '203.0.113.7'],
  ['multicast', '224.0.0.0', '239.255.255.255', '239.255.255.250'],
  ['reserved and broadcast', '240.0.0.0', '255.255.255.255', '250.1.2.3'],
  ['loopback, IPv4-compatible', '::1', '::ffff:ffff', '::127.0.0.1'],
  ['IPv4-compatible', '::100', '::ffff:ffff', '::10.0.1.0'],
  ['IPv4-compatible', '::1:0', '::ffff:ffff', '::10.1.0.0'],
  ['IPv4-compatible', '::100:0', '::ffff:ffff', '::10.0.0.0'],
  ['IPv4-mapped', '::ffff:0:0', '::ffff:ffff:ffff', '::ffff:127.0.0.1'],
  ['IPv4-translated', '::ffff:0:0:0', '::ffff:0:ffff:ffff', '::ffff:0:127.0.0.1'],
  ['NAT64', '64:ff9b::', '64:ff9b::ffff:ffff', '64:ff9b::10.0.0.1'],
  ['NAT64 of one’s own', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', '64:ff9b:1::10.0.0.1'],
  ['discarded', '100::', '100::ffff:ffff:ffff:ffff', '100::1'],
  ['protocols, Teredo', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:0:a00:1::1'],
  ['documentation', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db8::1'],
  ['6to4', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2002:7f00:1::1'],
  ['documentation', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff::1'],
  ['segment routing', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '5f00::1'],
  ['private', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fd00:ec2::254'],
  ['link-local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::1'],
  ['private of old', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::1'],
  ['multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ff02::1'],
]
const isIpv6 = (address: string): boolean => address.includes(':')
const addressesOf = (family: 'ipv4' | 'ipv6'): string[] =>
  ['::', ...DENIED.flatMap(([, ...addresses]) => addresses)].filter(
    (address) => isIpv6(address) === (family === 'ipv6'),
  )
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((entry) => entry?.address === '::1')

describe('the sample configuration', () => {
  let coturn: Coturn

  beforeAll(async () => {
    coturn = await startCoturn({ secret: SECRET, allowsLoopback: false })
  })
  afterAll(() => coturn.stop())

  const lines = (text: string): string[] =>
    text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))

  it('ICE-6 denies every range that is not the public internet, and allows nothing', () => {
    const denied = lines(readSample()).filter((line) => line.startsWith('denied-peer-ip='))
    expect(denied.sort()).toEqual(DENIED.map(([, first, last]) => `denied-peer-ip=${first}-${last}`).sort())
    expect(lines(readSample())).toEqual(
      expect.arrayContaining([
        'use-auth-secret',
        'no-multicast-peers',
        'no-tcp-relay',
        'no-cli',
        expect.stringMatching(/^total-quota=[1-9]/),
        expect.stringMatching(/^user-quota=[1-9]/),
        expect.stringMatching(/^max-bps=[1-9]/),
      ]),
    )
    expect(
      lines(readSample()).filter((line) => /^(allow|static-auth-secret|user=|no-auth)/.test(line)),
    ).toEqual([])
  })

  it('ICE-6 differs from what tests on one machine use by the allowance of loopback alone', () => {
    const of = (allowsLoopback: boolean) =>
      lines(coturnConfig({ secret: SECRET, allowsLoopback, port: 1, folder: '/tmp/x' }))
    expect(of(true)).toEqual([...of(false), ...LOOPBACK_ALLOWANCE])
    expect(of(false).slice(0, lines(readSample()).length)).toEqual(lines(readSample()))
  })

  it('ICE-6 leads from IPv4 to no denied address, and to public ones', async () => {
    const client = await open(coturn, good())
    await client.allocate()
    for (const peer of addressesOf('ipv4'))
      expect([peer, await refusalOf(client.permit(peer))]).toEqual([peer, 403])
    for (const peer of [
      '1.1.1.1',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '172.32.0.0',
      '192.169.0.0',
    ]) {
      expect([peer, await refusalOf(client.permit(peer))]).toEqual([peer, null])
    }
  })

  it('ICE-6 leads from IPv6 to no denied address, mapped ones included, and to public ones', async () => {
    const client = await open(coturn, good())
    if (!hasIpv6) {
      console.log('this machine has no ::1: that coturn relays no IPv6 at all is what can be shown')
      expect(await refusalOf(client.allocate('ipv6'))).toBe(440)
      return
    }
    await client.allocate('ipv6')
    for (const peer of addressesOf('ipv6'))
      expect([peer, await refusalOf(client.permit(peer))]).toEqual([peer, 403])
    for (const peer of ['2606:4700::1111', '2001:200::1', '2003::', '2a00::1', '64:ff9c::1']) {
      expect([peer, await refusalOf(client.permit(peer))]).toEqual([peer, null])
    }
  })

  it('ICE-6 a datagram for a listener on loopback does not arrive, permitted or not', async () => {
    const listener = createSocket('udp4')
    listener.bind(0, '127.0.0.1')
    await once(listener, 'listening')
    const heard: string[] = []
    listener.on('message', (bytes) => heard.push(bytes.toString()))
    try {
      const client = await open(coturn, good())
      await client.allocate()
      const { address, port } = listener.address()
      expect(await refusalOf(client.permit(address))).toBe(403)
      client.send({ address, port }, 'through the relay')
      // coturn answers in order: after this answer the datagram has been looked at.
      await client.permit('1.1.1.1')
      const direct = createSocket('udp4')
      direct.send('direct', port, address)
      await expect.poll(() => heard, { timeout: 10_000 }).toContain('direct')
      direct.close()
      expect(heard).toEqual(['direct'])
    } finally {
      listener.close()
    }
  })

  it('ICE-6 lets nobody in before a secret is filled in', async () => {
    const bare = await startCoturn({ secret: null, allowsLoopback: false })
    try {
      for (const secret of ['', ' ', SECRET]) {
        const credentials = createTurnCredentials(secret, 'ann', Date.now() + MINUTE)
        expect(await refusalOf((await open(bare, credentials)).allocate())).toBe(401)
      }
    } finally {
      await closeClients()
      await bare.stop()
    }
  })
})

describe('the process that a test starts', () => {
  it('ICE-5 is gone when it was told to stop', async () => {
    const coturn = await startCoturn({ secret: SECRET, allowsLoopback: false })
    const isFree = async (): Promise<boolean> => {
      const socket = createSocket('udp4')
      socket.bind(coturn.port, coturn.host)
      const free = await once(socket, 'listening').then(
        () => true,
        () => false,
      )
      if (free) socket.close()
      return free
    }
    expect(await isFree()).toBe(false)
    await coturn.stop()
    expect(await isFree()).toBe(true)
  })
})
