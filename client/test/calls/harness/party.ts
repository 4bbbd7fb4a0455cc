import type { Calls, CallView } from '../../../api/call.ts'
import type { CallEnvironment } from '../../../calls/call-environment.ts'
import { createCalls } from '../../../calls/calls.ts'
import { FakeNetwork, FakeStream, FakeTrack } from './fake-rtc.ts'
import { FakeSignal } from './fake-signal.ts'
import { Time } from './time.ts'

interface Person {
  readonly calls: Calls
  /** Names of the errors with which devices are refused, by kind. */
  readonly refusals: Map<'audio' | 'video' | 'screen', string>
  /** Everything that a device gave. */
  readonly tracks: FakeTrack[]
  readonly events: Map<string, () => void>
  view(): CallView
}

/** A server, a network and the devices of several people. */
export class Party {
  readonly time = new Time()
  readonly signal = new FakeSignal()
  readonly network = new FakeNetwork()
  readonly #people: Person[] = []

  /** A client of an account; null: a guest. Several may have the same one. */
  person(
    account: string | null,
    more: { readonly getToken?: (isRefused: boolean) => Promise<string> } = {},
  ): Person {
    const refusals: Person['refusals'] = new Map()
    const tracks: FakeTrack[] = []
    const events: Person['events'] = new Map()
    const give = (...kinds: readonly ('audio' | 'video' | 'screen')[]): FakeStream => {
      for (const kind of kinds) {
        const name = refusals.get(kind)
        if (name !== undefined) throw Object.assign(new Error('refused'), { name })
      }
      const given = kinds.map((kind) => new FakeTrack(kind === 'screen' ? 'video' : kind, kind))
      tracks.push(...given)
      return new FakeStream(given)
    }
    const mediaDevices = {
      getUserMedia: async ({ audio, video }: MediaStreamConstraints) =>
        give(...(audio ? (['audio'] as const) : []), ...(video ? (['video'] as const) : [])),
      getDisplayMedia: async () => give('screen'),
    }
    const environment = {
      now: this.time.now,
      after: this.time.after,
      random: () => 0.5,
      openSocket: this.signal.open,
      newPeer: this.network.newPeer,
      newStream: (list: readonly FakeTrack[]) => new FakeStream(list),
      mediaDevices,
      fetch: async () => new Response(JSON.stringify({ iceServers: [{ urls: ['stun:example.org'] }] })),
      on: (event: string, listener: () => void) => events.set(event, listener),
    } as unknown as CallEnvironment
    const getToken = account === null ? undefined : (more.getToken ?? (async () => account))
    const calls = createCalls({
      url: 'http://127.0.0.1:1',
      username: () => account ?? 'guest',
      environment,
      ...(getToken !== undefined && { getToken }),
    })
    const person: Person = {
      calls,
      refusals,
      tracks,
      events,
      view: () => {
        const view = calls.current.get()?.view.get()
        if (view === undefined) throw new Error('in no call')
        return view
      },
    }
    this.#people.push(person)
    return person
  }

  /** Somebody others can ring. */
  async listener(account: string): Promise<Person> {
    const person = this.person(account)
    person.calls.listen()
    await this.time.pass(100)
    return person
  }

  end(): void {
    for (const { calls } of this.#people) calls.close()
  }
}
