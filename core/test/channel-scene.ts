import { Fault, type SendToChannel } from '@parley/model'
import type { ChannelView, CoreEvent, DirectoryUser, SentMessage } from '../index.ts'
import { type CoreScene, createScene } from './core-fixture.ts'

export const UNKNOWN_ID = '0190a0b0-0000-7000-8000-00000000dead'

/** Everybody who can stand somewhere towards a channel. */
export const WHO = ['owner', 'moderator', 'member', 'stranger', 'removed', 'guest'] as const
export type Who = (typeof WHO)[number]

/** A channel with one of each role, and those who are not in it. */
export interface ChannelScene extends CoreScene {
  readonly people: Readonly<Record<Who, DirectoryUser>>
  /** One more plain member, who wrote `message`. */
  readonly author: DirectoryUser
  readonly second: DirectoryUser
  readonly channelId: string
  readonly message: SentMessage
}

/** A guest is a member of the public channel, and of the private one a stranger. */
export const createChannelScene = async (isPrivate: boolean): Promise<ChannelScene> => {
  const scene = await createScene({ limits: 'off' })
  const { core, addUser } = scene
  const people = {
    owner: addUser(),
    moderator: addUser(),
    member: addUser(),
    stranger: addUser(),
    removed: addUser(),
    guest: addUser({ role: 'guest' }),
  }
  const [author, second] = [addUser(), addUser()]
  const { owner, moderator, member, removed, guest } = people
  const others = [moderator, member, removed, guest, author, second]
  const command = { name: 'general', isPrivate, memberIds: others.map(({ id }) => id) }
  const channelId = (await core.channels.create(owner, command)).channel.id
  for (const { id } of [moderator, second]) await core.channels.setRole(owner, channelId, id, 'moderator')
  await core.channels.remove(owner.id, channelId, removed.id)
  const message = await core.channelMessages.send(author, textIn(channelId, 'first'))
  return { ...scene, people, author, second, channelId, message }
}

export const channelOf = async (
  { core }: CoreScene,
  owner: DirectoryUser,
  members: readonly DirectoryUser[],
  isPrivate = false,
): Promise<string> => {
  const command = { name: 'general', isPrivate, memberIds: members.map(({ id }) => id) }
  return (await core.channels.create(owner, command)).channel.id
}

export const viewOf = (
  { store }: CoreScene,
  user: DirectoryUser,
  channelId: string,
): Promise<ChannelView | null> => store.channel({ channelId, userId: user.id })

export const textIn = (
  channelId: string,
  content = 'x',
  more: Partial<SendToChannel> = {},
): SendToChannel => ({ channelId, content, parentId: undefined, clientMessageId: undefined, ...more })

/** `ok`, or the fault's code and sentence. */
export const answerOf = async (attempt: () => unknown): Promise<string> => {
  try {
    await attempt()
    return 'ok'
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`
    throw error
  }
}

export const codeOf = async (attempt: () => unknown): Promise<string> =>
  (await answerOf(attempt)).replace(/:.*/, '')

export const ofType = <T extends CoreEvent['type']>(
  events: readonly CoreEvent[],
  type: T,
): Extract<CoreEvent, { type: T }>[] =>
  events.filter((event): event is Extract<CoreEvent, { type: T }> => event.type === type)
