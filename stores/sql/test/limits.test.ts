import { MAX_PASSED_SCAN, QUIET_ABOVE } from '@parley/core'
import { MAX_CHANNEL_MEMBERS, MAX_CHANNELS_PER_USER, MAX_REACTIONS } from '@parley/model'
import { expect, it } from 'vitest'
import * as limits from '../write-limits.ts'

it('SQLITE-18 the writer bounds what the ports bound', () => {
  const ports = { MAX_PASSED_SCAN, QUIET_ABOVE, MAX_CHANNEL_MEMBERS, MAX_CHANNELS_PER_USER, MAX_REACTIONS }
  expect({ ...limits }).toEqual(ports)
})
