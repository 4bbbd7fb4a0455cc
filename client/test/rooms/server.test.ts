import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@parley/server'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Parley } from '../../api/parley.ts'
import type { Room } from '../../api/room.ts'
import { createParley } from '../../create-parley.ts'
import { createSessions } from '../../sessions.ts'

/** Rooms of whole clients on a whole server. */

const PATIENCE = { timeout: 20_000 }
const dataDir = mkdtempSync(join(tmpdir(), 'parley-client-rooms-'))
const clients: Parley[] = []
let server: Awaited<ReturnType<typeof startServer>>

beforeAll(async () => {
  server = await startServer({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})
afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const guest = async (name: string): Promise<Parley> => {
  const { token } = await createSessions(server.url).continueAsGuest(name)
  const parley = createParley({ url: server.url, token })
  clients.push(parley)
  return parley
}

const inside = async (room: Room): Promise<Room> => {
  room.enter()
  await expect.poll(() => room.view.get().state, PATIENCE).toBe('inside')
  return room
}
const names = (room: Room) => room.view.get().members.map(({ username }) => username)
const texts = (room: Room) =>
  room.view.get().messages.map(({ author, content, status }) => `${author.name}: ${content} (${status})`)

test('a room with a PIN lets in whoever knows it, and everybody hears the same', async () => {
  const [ann, bob] = await Promise.all([guest('pin-ann'), guest('pin-bob')])
  const { roomCode } = await ann.rest.rooms.create({ name: 'Tea', pin: '1234' })
  const annRoom = await inside(ann.room(roomCode))
  const bobRoom = bob.room(roomCode.toLowerCase())
  bobRoom.enter()
  await expect.poll(() => bobRoom.view.get().state, PATIENCE).toBe('pin')
  await expect(bobRoom.admit('0000')).rejects.toMatchObject({ code: 'WRONG_PIN' })
  await bobRoom.admit('1234')
  await expect.poll(() => bobRoom.view.get().state, PATIENCE).toBe('inside')
  await expect.poll(() => names(annRoom), PATIENCE).toEqual(['pin-ann', 'pin-bob'])
  bobRoom.keystroke()
  await expect.poll(() => annRoom.view.get().typing.map(({ name }) => name), PATIENCE).toEqual(['pin-bob'])
  bobRoom.send('one')
  annRoom.send('two')
  for (const room of [annRoom, bobRoom]) {
    await expect
      .poll(() => [...texts(room)].sort(), PATIENCE)
      .toEqual(['pin-ann: two (sent)', 'pin-bob: one (sent)'])
  }
  expect(annRoom.view.get().typing).toEqual([])
})

test('one connection in two rooms mixes up neither people nor typing', async () => {
  const [ann, bob, cas] = await Promise.all([guest('two-ann'), guest('two-bob'), guest('two-cas')])
  const [red, blue] = [await inside(ann.room('RED')), await inside(ann.room('BLUE'))]
  const bobRed = await inside(bob.room('RED'))
  await inside(cas.room('BLUE'))
  await expect.poll(() => names(red), PATIENCE).toEqual(['two-ann', 'two-bob'])
  await expect.poll(() => names(blue), PATIENCE).toEqual(['two-ann', 'two-cas'])
  bobRed.keystroke()
  await expect.poll(() => red.view.get().typing.length, PATIENCE).toBe(1)
  expect(blue.view.get().typing).toEqual([])
})

test('a break leads back into the room, and the last one to leave ends it', async () => {
  const [ann, bob] = await Promise.all([guest('break-ann'), guest('break-bob')])
  const { roomCode } = await ann.rest.rooms.create({ name: 'Tea', pin: '1234' })
  const annRoom = await inside(ann.room(roomCode))
  const bobRoom = bob.room(roomCode)
  await bobRoom.admit('1234')
  await inside(bobRoom)
  ann.disconnect()
  await expect.poll(() => names(bobRoom), PATIENCE).toEqual(['break-bob'])
  annRoom.send('nobody hears this')
  await expect.poll(() => texts(annRoom), PATIENCE).toEqual(['break-ann: nobody hears this (failed)'])
  ann.connect()
  await expect.poll(() => annRoom.view.get().state, PATIENCE).toBe('inside')
  annRoom.retry(annRoom.view.get().messages[0]?.key ?? '')
  await expect.poll(() => texts(bobRoom), PATIENCE).toEqual(['break-ann: nobody hears this (sent)'])
  annRoom.leave()
  bobRoom.leave()
  await expect
    .poll(async () => {
      bobRoom.enter()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return bobRoom.view.get().failure?.code
    }, PATIENCE)
    .toBe('NOT_FOUND')
})
