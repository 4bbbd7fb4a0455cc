import type { IncomingMessage } from 'node:http'

/** The whole body, or null when it is larger than `max` bytes (what follows is not read). Rejects when the client is gone. */
export const readBody = async (request: IncomingMessage, max: number): Promise<Buffer | null> => {
  if (Number(request.headers['content-length'] ?? 0) > max) return null
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > max) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
