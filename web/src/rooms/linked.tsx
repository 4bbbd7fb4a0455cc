import { Fragment, type ReactNode } from 'react'

const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/giu

/** Text as it is, with its web addresses as links. Nothing in it is taken for markup. */
export function Linked({ text }: { readonly text: string }) {
  const parts: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const [address] = match
    parts.push(
      <Fragment key={match.index}>
        {text.slice(end, match.index)}
        <a
          href={address}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-accent underline underline-offset-2"
        >
          {address}
        </a>
      </Fragment>,
    )
    end = match.index + address.length
  }
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  )
}
