/** The little of Bun that the tests use; its own types would replace those of Node. */
declare const Bun: {
  serve(options: unknown): { readonly port: number; stop(force?: boolean): void }
}
