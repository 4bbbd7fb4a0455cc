import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireTool } from '@parley/testkit/system-tool'
import { type FanOutStage, MESSAGE_BYTES } from './fan-out-stage.ts'
import { contentOf, scriptOf } from './script.ts'

/** Rooms of XMPP (MUC), over TCP, with anonymous accounts and without encryption. */
export interface XmppServer {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Everything that it writes; of nobody else. */
  readonly folder: string
}

/**
 * Who comes into a room is told to all who are in it: at 1,000 that alone takes minutes. ejabberd on one core takes only a few
 * connections a second.
 */
export const MOST_MEMBERS = { ejabberd: 50, prosody: 200 } as const

const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `parley-${name}-`))

/** Throws where Debian's package cannot be had. */
export const prepareProsody = (port: number): XmppServer => {
  // Asked for its version it would serve.
  requireTool({
    ...{ command: 'sh', probe: ['-c', 'command -v prosody'] },
    ...{ package: 'prosody', service: 'prosody' },
  })
  const folder = newFolder('prosody')
  const file = join(folder, 'prosody.cfg.lua')
  writeFileSync(
    file,
    `run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}"
modules_enabled = { "saslauth" }
modules_disabled = { "s2s" }
c2s_ports = { ${port} }
c2s_interfaces = { "127.0.0.1" }
c2s_direct_tls_ports = {}
s2s_ports = {}
c2s_require_encryption = false
authentication = "anonymous"
log = { info = "*console" }
VirtualHost "localhost"
Component "rooms.localhost" "muc"
muc_room_locking = false
`,
  )
  return { command: ['prosody', '--config', file, '-F'], env: {}, folder }
}

export const prepareEjabberd = (port: number): XmppServer => {
  // `erl` needs no node of its own to be asked; `ejabberdctl` would ask for one that runs.
  requireTool({
    ...{ command: 'sh', probe: ['-c', 'command -v ejabberdctl && command -v erl'] },
    ...{ package: 'ejabberd', service: 'ejabberd' },
  })
  const folder = newFolder('ejabberd')
  const file = join(folder, 'ejabberd.yml')
  writeFileSync(
    file,
    `hosts: [localhost]
loglevel: info
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    access: all
    shaper: none
    starttls: false
auth_method: [anonymous]
anonymous_protocol: sasl_anon
modules:
  mod_muc:
    host: rooms.localhost
    access: all
    access_create: all
    max_users: 5000
    user_message_shaper: none
    room_shaper: none
    min_message_interval: 0
    default_room_options:
      max_users: 5000
`,
  )
  return {
    command: ['erl', '+K', 'true', '-noinput', '-mnesia', 'dir', `"${folder}/spool"`, '-s', 'ejabberd'],
    env: {
      ...{ EJABBERD_CONFIG_PATH: file, EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'), HOME: folder },
      ERL_LIBS: '/usr/lib/x86_64-linux-gnu',
    },
    folder,
  }
}

const STREAM =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"
const ROOM = 'lobby@rooms.localhost'

/** Everybody is in one room, which tells who speaks as well. */
export const xmppStage = (members: number): FanOutStage => ({
  scripts: Array.from({ length: members + 1 }, (_, index) =>
    scriptOf({
      path: '-',
      say: `<message to='${ROOM}' type='groupchat'><body>${contentOf(MESSAGE_BYTES)}</body></message>`,
      steps: [
        // The client speaks first.
        ...['', STREAM],
        ...['</stream:features>', "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"],
        ...['<success', STREAM],
        ...[
          '</stream:features>',
          "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
        ],
        ...[
          '</iq>',
          `<presence to='${ROOM}/m${index}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`,
        ],
        "code='110'",
      ],
    }),
  ),
  marker: 'tick:',
  listeners: members + 1,
})
