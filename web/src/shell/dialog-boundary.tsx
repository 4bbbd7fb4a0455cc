import { Component, type ReactNode } from 'react'

interface DialogBoundaryProps {
  readonly onError: (error: unknown) => void
  readonly children: ReactNode
}

/** A dialog that cannot be shown takes nothing else with it. */
export class DialogBoundary extends Component<DialogBoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true }
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error)
  }

  override render(): ReactNode {
    return this.state.isBroken ? null : this.props.children
  }
}
