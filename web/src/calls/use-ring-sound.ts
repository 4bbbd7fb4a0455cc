import { useEffect } from 'react'

/** Two soft notes, then silence (s). */
const NOTES = [
  { at: 0, frequency: 587 },
  { at: 0.28, frequency: 784 },
] as const
const EVERY = 2.4
const LOUDNESS = 0.12

const ring = (context: AudioContext): void => {
  for (const { at, frequency } of NOTES) {
    const tone = context.createOscillator()
    const volume = context.createGain()
    const start = context.currentTime + at
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0, start)
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.03)
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5)
    tone.connect(volume).connect(context.destination)
    tone.start(start)
    tone.stop(start + 0.55)
  }
}

/** Rings while `isOn`. A browser in which nobody has touched the page yet keeps silent. */
export function useRingSound(isOn: boolean): void {
  useEffect(() => {
    if (!isOn || !('AudioContext' in window)) return
    const context = new AudioContext()
    const play = () => context.state === 'running' && ring(context)
    void context.resume().then(play, () => {})
    const timer = setInterval(play, EVERY * 1_000)
    return () => {
      clearInterval(timer)
      void context.close()
    }
  }, [isOn])
}
