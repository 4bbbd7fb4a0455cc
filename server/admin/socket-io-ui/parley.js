// Read by the Socket.IO admin UI when it starts: this server, this path, this namespace, and nothing to type in.
// Its session cookie says who asks.
try {
  localStorage.setItem('server_url', location.origin)
  localStorage.setItem('namespace', '/admin')
  localStorage.setItem('path', '/socket.io')
  localStorage.setItem('parser', 'default')
  localStorage.setItem('ws_only', 'false')
  localStorage.setItem('readonly', 'true')
} catch {
  // Without storage it asks for the address.
}
