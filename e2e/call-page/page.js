// A small client of document 000, written from the document and the additions `signal` and `call-ended`.
// Every call is between two peer ids; a group's call is a call between each two of its members.
import { Link } from './link.js'
import { openSignal } from './signal.js'
import { dropTile, pictureOf, showDevices, showTile } from './tiles.js'

const byId = (id) => document.getElementById(id)

/** The server that this page is a client of. */
const query = new URLSearchParams(location.search)
const server = query.get('server')
/** `relay`: media goes through a TURN server or not at all. */
const iceTransportPolicy = query.get('transport') ?? 'all'
const peerId = crypto.randomUUID()
/** The others of the group: peer id → { username, userId }. */
const people = new Map()
/** Calls that were accepted: peer id → Link. */
const links = new Map()
/** Who is being called, and who calls: peer ids. */
const calling = new Set()
const rings = new Set()
let signal = null
let media = null
let iceServers = []
let screen = null
/** In the group's call: whoever of the group calls is answered at once. */
let isOpen = false

const nameOf = (id) => people.get(id)?.username ?? id
const note = (text) => {
  byId('note').textContent = text
}

const openMedia = () =>
  navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240, frameRate: 15 },
  })

const askIceServers = async () => {
  const answer = await fetch(new URL('/api/ice-servers', server))
  return answer.ok ? (await answer.json()).iceServers : []
}

// What the page shows.

const render = () => {
  const state =
    links.size > 0 ? 'in-call' : rings.size > 0 ? 'ringing' : calling.size > 0 ? 'calling' : 'idle'
  document.body.dataset.state = signal === null ? 'away' : state
  byId('people').replaceChildren(...[...people].map(([id, { username }]) => line(id, username, ['Call'])))
  byId('rings').replaceChildren(
    ...[...rings].map((id) => line(id, `${nameOf(id)} calls`, ['Accept', 'Reject'])),
  )
}

const actions = {
  Call: (id) => call(id),
  Accept: (id) => answer(id, true),
  Reject: (id) => answer(id, false),
}

const line = (id, text, names) => {
  const item = document.createElement('li')
  item.append(`${text} `)
  for (const name of names) {
    const button = document.createElement('button')
    button.textContent = name
    button.dataset.of = nameOf(id)
    button.onclick = () => actions[name](id)
    item.append(button)
  }
  return item
}

// Calls.

const call = (id) => {
  calling.add(id)
  signal.send('call-request', { targetPeerId: id, fromPeerId: peerId, fromUsername: byId('username').value })
  render()
}

const answer = (id, accepted) => {
  rings.delete(id)
  signal.send('call-response', { accepted, fromPeerId: peerId, toPeerId: id })
  if (accepted) connect(id)
  render()
}

/** Both sides of an accepted call do this; the answer is the link, which the caller's side offers. */
const connect = (id) => {
  calling.delete(id)
  rings.delete(id)
  if (links.has(id)) return links.get(id)
  const relay = (data) => signal.send('signal', { toPeerId: id, data })
  const onTrack = (stream) => showTile(id, nameOf(id), stream)
  const link = new Link({ iceServers, iceTransportPolicy, media, send: relay, onTrack })
  links.set(id, link)
  relay({ devices: devices() })
  return link
}

const disconnect = (id) => {
  calling.delete(id)
  rings.delete(id)
  links.get(id)?.close()
  links.delete(id)
  dropTile(id)
}

const hangUp = () => {
  isOpen = false
  for (const id of [...links.keys(), ...calling]) {
    signal.send('call-ended', { toPeerId: id })
    disconnect(id)
  }
  render()
}

const joinCall = () => {
  isOpen = true
  for (const id of [...rings]) answer(id, true)
  for (const id of people.keys()) if (!links.has(id) && !calling.has(id)) call(id)
}

// Devices.

const devices = () => ({
  audio: media.getAudioTracks()[0].enabled,
  video: media.getVideoTracks()[0].enabled,
  screen: screen !== null,
})

const tellDevices = () => {
  for (const id of links.keys()) signal.send('signal', { toPeerId: id, data: { devices: devices() } })
}

const toggle = (button, track) => {
  track.enabled = !track.enabled
  byId(button).ariaPressed = String(!track.enabled)
  tellDevices()
}

const toggleScreen = async () => {
  if (screen === null) {
    screen = await navigator.mediaDevices.getDisplayMedia({ video: true })
  } else {
    for (const track of screen.getTracks()) track.stop()
    screen = null
  }
  const [track] = (screen ?? media).getVideoTracks()
  await Promise.all([...links.values()].map((link) => link.replaceVideo(track)))
  byId('share').ariaPressed = String(screen !== null)
  tellDevices()
}

// What the server says.

const add = ({ peerId: id, username, userId }) => {
  if (id !== undefined && id !== peerId)
    people.set(id, { userId: people.get(id)?.userId, username, ...(userId && { userId }) })
}

const enteredAs = ({ groupId, user }) => {
  byId('group').value = groupId
  byId('me').textContent = `${user.username} in ${groupId}`
}

const handlers = {
  'group-created': (payload) => {
    enteredAs(payload)
    signal.send('update-peer-id', { peerId })
  },
  'group-joined': (payload) => {
    enteredAs(payload)
    for (const member of payload.members) add({ ...member, userId: member.id })
  },
  'user-joined': ({ user }) => add({ ...user, userId: user.id }),
  'peer-joined': add,
  'existing-peers': ({ peers }) => peers.forEach(add),
  'user-left': ({ userId }) => {
    for (const [id, person] of people) {
      if (person.userId !== userId) continue
      disconnect(id)
      people.delete(id)
    }
  },
  'incoming-call-request': ({ fromPeerId, accepted }) => {
    // Two who called each other at once: the server has already made it one call.
    if (accepted) return connect(fromPeerId)
    rings.add(fromPeerId)
    if (isOpen && !calling.has(fromPeerId)) answer(fromPeerId, true)
  },
  'call-response': ({ accepted, fromPeerId }) => {
    if (accepted) return connect(fromPeerId).offer()
    calling.delete(fromPeerId)
    note(`${nameOf(fromPeerId)} does not want to talk now`)
  },
  signal: ({ fromPeerId, data }) => {
    // What was on its way when the call ended is nothing to anybody.
    if (!links.has(fromPeerId)) return
    if (data.devices) return showDevices(fromPeerId, nameOf(fromPeerId), data.devices)
    links.get(fromPeerId).take(data)
  },
  'call-ended': ({ fromPeerId }) => {
    note(`${nameOf(fromPeerId)} hung up`)
    disconnect(fromPeerId)
  },
  // Nothing that this page says may be refused: the test hears of it.
  error: ({ code, message }) => reportError(new Error(`${code}: ${message}`)),
}

const onFrame = (type, payload) => {
  callPage.frames.push({ type, payload })
  handlers[type]?.(payload)
  render()
}

const enter = async () => {
  ;[media, iceServers] = await Promise.all([openMedia(), askIceServers()])
  signal = await openSignal(server, onFrame)
  const username = byId('username').value
  const groupId = byId('group').value
  if (groupId === '') signal.send('create-group', { groupName: 'A test', username })
  else signal.send('join-group', { groupId, username, peerId })
}

byId('enter').onsubmit = (event) => {
  event.preventDefault()
  enter()
}
byId('join-call').onclick = joinCall
byId('hang-up').onclick = hangUp
byId('mute').onclick = () => toggle('mute', media.getAudioTracks()[0])
byId('camera').onclick = () => toggle('camera', media.getVideoTracks()[0])
byId('share').onclick = toggleScreen

/** For the test: what arrives from somebody, by name. */
const callPage = {
  frames: [],
  people: () => [...people.values()].map(({ username }) => username),
  partners: () => [...links.keys()].map(nameOf),
  async received(name) {
    const id = [...links.keys()].find((one) => nameOf(one) === name)
    if (id === undefined) return null
    return { ...(await links.get(id).received()), picture: pictureOf(id) }
  },
}
globalThis.callPage = callPage
