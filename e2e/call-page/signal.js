// The wire of document 000: JSON frames over one WebSocket.

/** Resolves when the connection is open; `onFrame(type, payload)` gets what the server sends, in order. */
export const openSignal = (server, onFrame) =>
  new Promise((resolve, reject) => {
    const url = new URL('/signal', server)
    url.protocol = 'ws:'
    const socket = new WebSocket(url)
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data)
      onFrame(type, payload)
    }
    socket.onopen = () => resolve({ send: (type, payload) => socket.send(JSON.stringify({ type, payload })) })
    socket.onerror = () => reject(new Error('no connection to /signal'))
  })
