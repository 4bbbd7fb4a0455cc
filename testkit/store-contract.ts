import { describe } from 'vitest'
import { describeAppends } from './store-contract-appends.ts'
import { describeCatchingUp } from './store-contract-catch-up.ts'
import { describeChanges } from './store-contract-changes.ts'
import { describeChannelLists } from './store-contract-channel-lists.ts'
import { describeChannelMessages } from './store-contract-channel-messages.ts'
import { describeChannelReads } from './store-contract-channel-reads.ts'
import { describeChannelReceipts } from './store-contract-channel-receipts.ts'
import { describeChannels } from './store-contract-channels.ts'
import { describeDirectory } from './store-contract-directory.ts'
import type { OpenStoreHarness } from './store-contract-fixture.ts'
import { describeLifecycle } from './store-contract-lifecycle.ts'
import { describeMemberships } from './store-contract-memberships.ts'
import { describeReads } from './store-contract-reads.ts'
import { describeReceipts } from './store-contract-receipts.ts'
import { describeRooms } from './store-contract-rooms.ts'
import { describeSearch } from './store-contract-search.ts'

export type { NewUser, OpenStoreHarness, StoreHarness } from './store-contract-fixture.ts'

/** Every promise of the `Store` port, against one implementation. Each test gets a harness of its own. */
export function describeStoreContract(name: string, open: OpenStoreHarness): void {
  describe(`store contract: ${name}`, () => {
    describeAppends(open)
    describeReceipts(open)
    describeReads(open)
    describeDirectory(open)
    describeSearch(open)
    describeChannels(open)
    describeMemberships(open)
    describeChannelMessages(open)
    describeChanges(open)
    describeCatchingUp(open)
    describeChannelLists(open)
    describeChannelReads(open)
    describeChannelReceipts(open)
    describeRooms(open)
    describeLifecycle(open)
  })
}
