import { createSessions } from '@parley/client'
import { startBot } from './bot.ts'

const { PARLEY_URL: url = 'http://127.0.0.1:3000', BOT_NAME: name, BOT_PASSWORD: password } = process.env
if (name === undefined || password === undefined) throw new Error('Set BOT_NAME and BOT_PASSWORD.')

const bot = startBot({
  url,
  // Asked for again before it expires, and after it was refused.
  getToken: async () => (await createSessions(url).signIn(name, password)).token,
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void bot.stop().then(() => process.exit(0)))
}
