/** An account as others may see it. One user, whatever the dialect. */
export interface User {
  readonly id: string
  readonly username: string
  readonly avatar: string | null
}

/** What the server alone knows of an account. */
export interface Account extends User {
  readonly email: string
  /** `admin` may announce, ban and see operations; `guest` may use signal, whisper and public channels only. */
  readonly role: 'user' | 'admin' | 'guest'
  /** True while the account is banned or disabled: it cannot connect and cannot be written to. */
  readonly disabled: boolean
  /** Epoch ms. */
  readonly createdAt: number
}
