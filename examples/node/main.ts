import { talk } from './talk.ts'

await talk(process.argv[2] ?? 'http://127.0.0.1:3000', (text) => console.log(text))
