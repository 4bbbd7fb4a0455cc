// What a page looks like that was written with PeerJS's own client, from PeerJS's own documentation.
/* global Peer */

const byId = (id) => document.getElementById(id)
const { hostname, port } = new URL(new URLSearchParams(location.search).get('server'))

const openMedia = () =>
  navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240, frameRate: 15 },
  })

const setState = (state) => {
  document.body.dataset.state = state
}

let call = null

const take = (newCall) => {
  call = newCall
  call.on('stream', (stream) => {
    const video = document.createElement('video')
    Object.assign(video, { autoplay: true, width: 320, srcObject: stream })
    byId('picture').replaceChildren(video)
    setState('in-call')
  })
  call.on('close', () => setState('idle'))
  call.on('error', (error) => reportError(error))
}

const takeData = (connection) => {
  connection.on('data', (said) => {
    const line = document.createElement('li')
    line.textContent = said
    byId('said').append(line)
    if (!said.startsWith('echo: ')) connection.send(`echo: ${said}`)
  })
  connection.on('error', (error) => reportError(error))
}

const peer = new Peer({
  host: hostname,
  port: Number(port),
  path: '/peerjs',
  // The client's own default is servers of third parties.
  config: { iceServers: [] },
})
peer.on('open', (id) => {
  byId('me').textContent = id
  setState('idle')
})
peer.on('call', async (incoming) => {
  take(incoming)
  incoming.answer(await openMedia())
})
peer.on('connection', takeData)
peer.on('error', (error) => reportError(error))

byId('call').onsubmit = async (event) => {
  event.preventDefault()
  take(peer.call(byId('other').value, await openMedia()))
}
byId('hang-up').onclick = () => call.close()
byId('say').onsubmit = (event) => {
  event.preventDefault()
  const connection = peer.connect(byId('other').value)
  takeData(connection)
  connection.on('open', () => connection.send(byId('text').value))
}

/** For the test: counters of what arrives. */
globalThis.peerPage = {
  async received() {
    const reports = [...(await call.peerConnection.getStats()).values()]
    const inbound = (kind) => reports.find((one) => one.type === 'inbound-rtp' && one.kind === kind) ?? {}
    return {
      framesDecoded: inbound('video').framesDecoded ?? 0,
      audioBytes: inbound('audio').bytesReceived ?? 0,
    }
  },
}
