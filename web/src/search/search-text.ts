import { create } from 'zustand'

interface Searched {
  /** Whose search it is: another user begins anew. */
  readonly userId: string
  readonly text: string
}

const useSearched = create<Searched>(() => ({ userId: '', text: '' }))

/** What one searches for. It stays while one goes through the results. */
export const useSearchText = (userId: string): readonly [string, (text: string) => void] => {
  const text = useSearched((searched) => (searched.userId === userId ? searched.text : ''))
  return [text, (next) => useSearched.setState({ userId, text: next })]
}
