import { describe, expect, it, vi } from 'vitest'
import { PATIENCE } from './harness/browser.ts'
import { CallPage, type Received } from './harness/call-page.ts'
import { sharedStage } from './harness/stage.ts'

vi.setConfig({ testTimeout: 90_000 })

/** Real calls between pages of a real browser, through a whole server. */

const stage = sharedStage()

/** People in one group of their own, each of whom knows the others. */
const gather = async (...names: readonly string[]): Promise<readonly CallPage[]> => {
  const [first, ...rest] = names
  const people = [await CallPage.enter(stage().browser, stage().parley.url, first!)]
  const groupId = await people[0]!.groupId()
  for (const name of rest)
    people.push(await CallPage.enter(stage().browser, stage().parley.url, name, groupId))
  for (const person of people) await person.untilKnows(...people.filter((other) => other !== person))
  return people
}

const meet = async (): Promise<readonly [CallPage, CallPage]> => {
  const [ann, bob] = (await gather('ann', 'bob')) as [CallPage, CallPage]
  await ann.call(bob)
  await bob.untilState('ringing')
  await bob.accept(ann)
  await Promise.all([ann.untilState('in-call'), bob.untilState('in-call')])
  await Promise.all([ann.untilFlows(bob), bob.untilFlows(ann)])
  return [ann, bob]
}

describe('a call of two', () => {
  it('E2E-1 rings, is accepted, carries picture and sound both ways, and ends for both', async () => {
    const [ann, bob] = await meet()
    await ann.press('hang-up')
    await bob.untilNote('ann hung up')
    await Promise.all([ann.untilState('idle'), bob.untilState('idle')])
    expect(await bob.frames('call-ended')).toHaveLength(1)
    expect([await ann.partners(), await bob.partners()]).toEqual([[], []])
  })

  it('E2E-2 shows and hears that the other is mute or has the camera off, and when that ends', async () => {
    const [ann, bob] = await meet()
    await bob.untilReceived(ann, ({ audioEnergy }) => audioEnergy > 0, 'sound that can be heard')

    await ann.press('mute')
    await bob.untilShows(ann, 'audio', 'off')
    await untilSilent(bob, ann)
    await ann.press('camera')
    await bob.untilShows(ann, 'video', 'off')
    await bob.untilReceived(ann, ({ picture }) => picture.brightness < BLACK, 'a black picture')

    await ann.press('mute')
    await bob.untilShows(ann, 'audio', 'on')
    const { audioEnergy: quiet } = await bob.received(ann)
    await bob.untilReceived(ann, ({ audioEnergy }) => audioEnergy > quiet + AUDIBLE, 'sound again')
    await ann.press('camera')
    await bob.untilShows(ann, 'video', 'on')
    await bob.untilReceived(ann, ({ picture }) => picture.brightness > BLACK, 'a picture again')
  })

  it('E2E-3 shows the screen of one who shares it, then the camera again, in the same call', async () => {
    const [ann, bob] = await meet()
    await bob.untilReceived(ann, isCamera, 'the camera')

    await ann.press('share')
    await bob.untilShows(ann, 'screen', 'on')
    await bob.untilReceived(ann, (received) => !isCamera(received), 'the screen')
    await bob.untilFlows(ann)

    await ann.press('share')
    await bob.untilShows(ann, 'screen', 'off')
    await bob.untilReceived(ann, isCamera, 'the camera again')
    await bob.untilFlows(ann)
  })

  it('E2E-7 is one call when both called at once', async () => {
    const [ann, bob] = (await gather('ann', 'bob')) as [CallPage, CallPage]
    await Promise.all([ann.call(bob), bob.call(ann)])
    await Promise.all([ann.untilState('in-call'), bob.untilState('in-call')])
    await Promise.all([ann.untilFlows(bob), bob.untilFlows(ann)])
    const answers = [...(await ann.frames('call-response')), ...(await bob.frames('call-response'))]
    expect(answers).toHaveLength(1)
  })
})

describe('a call that is none', () => {
  it('E2E-4 that is rejected ends for both, and leaves the next one free', async () => {
    const [ann, bob] = (await gather('ann', 'bob')) as [CallPage, CallPage]
    await ann.call(bob)
    await bob.untilState('ringing')
    await bob.reject(ann)
    await ann.untilNote('bob does not want to talk now')
    await Promise.all([ann.untilState('idle'), bob.untilState('idle')])

    await bob.call(ann)
    await ann.untilState('ringing')
    await ann.accept(bob)
    await Promise.all([ann.untilFlows(bob), bob.untilFlows(ann)])
  })

  it('E2E-4 that its caller gives up stops ringing', async () => {
    const [ann, bob] = (await gather('ann', 'bob')) as [CallPage, CallPage]
    await ann.call(bob)
    await bob.untilState('ringing')
    await ann.press('hang-up')
    await bob.untilNote('ann hung up')
    await Promise.all([ann.untilState('idle'), bob.untilState('idle')])
  })
})

describe('a call of a group', () => {
  it('E2E-5 connects each two of four who all join at once, and goes on when one leaves', async () => {
    const people = await gather('ann', 'bob', 'cleo', 'dora')
    await Promise.all(people.map((person) => person.press('join-call')))
    await everyPair(people)

    const [ann, bob, cleo, dora] = people as [CallPage, CallPage, CallPage, CallPage]
    await ann.press('hang-up')
    await ann.untilState('idle')
    for (const other of [bob, cleo, dora]) await other.untilNote('ann hung up')
    await everyPair([bob, cleo, dora])

    // Gone without a word: the server says so.
    await bob.page.close()
    for (const other of [cleo, dora]) await other.untilForgets(bob)
    await everyPair([cleo, dora])
  })
})

/** Until each is in a call with all others and with nobody else, and picture and sound arrive from each of them. */
const everyPair = async (people: readonly CallPage[]): Promise<void> => {
  await Promise.all(
    people.map(async (person) => {
      const others = people.filter((other) => other !== person)
      await expect
        .poll(() => person.partners(), { timeout: PATIENCE, message: `the partners of ${person.name}` })
        .toEqual(others.map(({ name }) => name))
      for (const other of others) await person.untilFlows(other)
    }),
  )
}

/** The camera is asked for 4:3, and a browser that is busy makes a picture smaller but keeps its form; no screen is 4:3 here. */
const isCamera = ({ picture }: Received): boolean =>
  picture.height > 0 && Math.abs(picture.width / picture.height - 4 / 3) < 0.1

/** The mean brightness below which a picture is black: the fake camera's is far above it. */
const BLACK = 20
/** A sum of loudness that silence never comes to. */
const AUDIBLE = 0.0001
/** How much of the sound that came has to be silent (s): the fake microphone beeps more than once in it. */
const SILENCE = 2

/** Until `SILENCE` seconds of sound on end came without any loudness. */
const untilSilent = async (listener: CallPage, other: CallPage): Promise<void> => {
  let start = await listener.received(other)
  await listener.untilReceived(
    other,
    (now) => {
      if (now.audioEnergy > start.audioEnergy + AUDIBLE) start = now
      return now.audioSeconds >= start.audioSeconds + SILENCE
    },
    'silence',
  )
}
