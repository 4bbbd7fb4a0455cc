/** The sign of Parley: two who speak, one circle. */
export function Mark({ size = 48 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" className="text-accent">
      <rect width="48" height="48" rx="12" fill="currentColor" />
      <path
        d="M14 13h20a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4H23l-7.2 5.6a.5.5 0 0 1-.8-.4V32h-1a4 4 0 0 1-4-4V17a4 4 0 0 1 4-4Z"
        className="fill-on-accent"
      />
      <path d="M17 20h14M17 25.5h9" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  )
}
