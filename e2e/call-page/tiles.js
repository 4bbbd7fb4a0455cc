// The pictures of the others, and what is known of their devices.

const tiles = document.getElementById('tiles')

export const tileOf = (peerId) => tiles.querySelector(`[data-peer="${CSS.escape(peerId)}"]`)

export const showTile = (peerId, name, stream) => {
  const tile = tileOf(peerId) ?? newTile(peerId, name)
  const video = tile.querySelector('video')
  if (video.srcObject !== stream) video.srcObject = stream
}

export const showDevices = (peerId, name, { audio, video, screen }) => {
  const tile = tileOf(peerId) ?? newTile(peerId, name)
  const word = (isOn) => (isOn ? 'on' : 'off')
  Object.assign(tile.dataset, { audio: word(audio), video: word(video), screen: word(screen) })
  const marks = [audio || 'muted', video || 'camera off', !screen || 'shares the screen']
  tile.querySelector('figcaption').textContent = [name, ...marks.filter((mark) => mark !== true)].join(', ')
}

export const dropTile = (peerId) => tileOf(peerId)?.remove()

/** The size of the picture that is shown now, and its mean brightness (0 to 255). */
export const pictureOf = (peerId) => {
  const video = tileOf(peerId)?.querySelector('video')
  if (!video?.videoWidth) return { width: 0, height: 0, brightness: 0 }
  const canvas = new OffscreenCanvas(16, 16)
  const context = canvas.getContext('2d')
  context.drawImage(video, 0, 0, 16, 16)
  const { data } = context.getImageData(0, 0, 16, 16)
  let sum = 0
  for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2]
  return { width: video.videoWidth, height: video.videoHeight, brightness: sum / (3 * 16 * 16) }
}

const newTile = (peerId, name) => {
  const tile = document.createElement('figure')
  tile.dataset.peer = peerId
  tile.dataset.name = name
  const video = document.createElement('video')
  video.autoplay = true
  const caption = document.createElement('figcaption')
  caption.textContent = name
  tile.append(video, caption)
  tiles.append(tile)
  return tile
}
