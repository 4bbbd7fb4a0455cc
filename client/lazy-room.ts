import type { Room, RoomView } from './api/room.ts'
import { offline } from './errors.ts'
import { Value } from './value.ts'

/** A room whose code is loaded with the first thing that is done in it: most pages show none. */
export class LazyRoom implements Room {
  readonly code: string
  readonly view = new Value<RoomView>({
    state: 'outside',
    failure: null,
    members: [],
    messages: [],
    typing: [],
  })
  readonly #load: () => Promise<Room>
  #room: Promise<Room> | null = null

  constructor(code: string, load: () => Promise<Room>) {
    this.code = code
    this.#load = load
  }

  enter(): void {
    this.#with((room) => room.enter())
  }

  async admit(pin: string): Promise<void> {
    await (await this.#get()).admit(pin)
  }

  leave(): void {
    this.#with((room) => room.leave())
  }

  send(content: string): void {
    this.#with((room) => room.send(content))
  }

  retry(key: string): void {
    this.#with((room) => room.retry(key))
  }

  keystroke(): void {
    this.#with((room) => room.keystroke())
  }

  stopTyping(): void {
    this.#with((room) => room.stopTyping())
  }

  #with(act: (room: Room) => void): void {
    void this.#get().then(act, () => {
      this.view.set({ ...this.view.get(), state: 'refused', failure: offline() })
    })
  }

  #get(): Promise<Room> {
    this.#room ??= this.#load().then(
      (room) => {
        const copy = () => this.view.set(room.view.get())
        room.view.subscribe(copy)
        copy()
        return room
      },
      (error: unknown) => {
        this.#room = null
        throw error
      },
    )
    return this.#room
  }
}
