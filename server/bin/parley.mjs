#!/usr/bin/env node
// `npx parley …`: builds what is stale, then hands over to the server's command line.
import { prepare } from '../../scripts/prepare.mjs'

await prepare('start')
await import('../dist/main.js')
