/** Between two sounds (ms): a burst of messages is one. */
const LEAST_APART = 1_500
const NOTES = [
  { at: 0, hertz: 660 },
  { at: 0.09, hertz: 880 },
] as const
const LENGTH = 0.22
const LOUDNESS = 0.08

let context: AudioContext | null = null
let lastAt = Number.NEGATIVE_INFINITY

const playNote = (audio: AudioContext, at: number, hertz: number): void => {
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  const start = audio.currentTime + at
  tone.type = 'sine'
  tone.frequency.value = hertz
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.012)
  volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH)
  tone.connect(volume).connect(audio.destination)
  tone.start(start)
  tone.stop(start + LENGTH)
}

/** Two soft notes, made here so that nothing has to be loaded. Silent where the browser does not allow sound yet. */
export const playSound = (): void => {
  const now = performance.now()
  if (now - lastAt < LEAST_APART || typeof AudioContext === 'undefined') return
  lastAt = now
  context ??= new AudioContext()
  const audio = context
  audio
    .resume()
    .then(() => {
      for (const { at, hertz } of NOTES) playNote(audio, at, hertz)
    })
    .catch(() => undefined)
}
