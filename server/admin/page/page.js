// The operations page. Every text from the server goes into the page as text, never as markup.

const REFRESH = 2_000
const LINES = {
  direct: 'Direct messages',
  channel: 'Channel messages',
  whisper: 'Whisper messages',
  hub: 'Hub messages',
  deliveries: 'Deliveries',
  refusals: 'Refusals',
}

const byId = (id) => document.getElementById(id)
let timer = null
/** Rises with every sign-in and sign-out: an answer to what was asked before it is void. */
let turn = 0

const call = async (method, path, body) => {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json().catch(() => ({}))
  return { status: response.status, ok: response.ok, answer }
}

const element = (name, text = '', className = '') => {
  const made = document.createElement(name)
  made.textContent = text
  if (className !== '') made.className = className
  return made
}

const pairs = (id, entries) =>
  byId(id).replaceChildren(
    ...entries.map(([name, value, className]) => {
      const pair = document.createDocumentFragment()
      pair.append(element('dt', name), element('dd', value, className))
      return pair
    }),
  )

/** Pairs that keep together, each a tile of its own. */
const tiles = (id, entries) =>
  byId(id).replaceChildren(
    ...entries.map(([name, value, className]) => {
      const tile = document.createElement('div')
      tile.append(element('dt', name), element('dd', value, className))
      return tile
    }),
  )

const rows = (id, lines, empty) =>
  byId(id).replaceChildren(
    ...(lines.length === 0 ? [[[empty, 'muted']]] : lines).map((cells) => {
      const row = document.createElement('tr')
      for (const cell of cells) row.append(element('td', ...(Array.isArray(cell) ? cell : [cell])))
      if (lines.length === 0) row.firstChild.colSpan = 3
      return row
    }),
  )

const number = (value) => value.toLocaleString()
const megabytes = (bytes) => `${number(Math.round(bytes / 1_048_576))} MiB`
const milliseconds = (value) => (value === null ? '–' : `${number(value)} ms`)
const time = (at) => (at === null ? '' : new Date(at).toLocaleString())
const duration = (seconds) => {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(first < 0 ? 3 : first, (first < 0 ? 3 : first) + 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

const svg = (name, attributes) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

/** One value a second, oldest first. */
const line = (name, values) => {
  const most = Math.max(1, ...values)
  const points = values.map((value, index) => `${index},${(30 - (28 * value) / most).toFixed(2)}`)
  const drawing = svg('svg', {
    viewBox: `0 0 ${Math.max(1, values.length - 1)} 31`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  })
  drawing.append(svg('polyline', { points: points.join(' ') }))
  const now = values.at(-1) ?? 0
  const average = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const figure = document.createElement('div')
  figure.append(
    element('div', name),
    drawing,
    element(
      'div',
      `now ${number(now)} · mean ${average.toFixed(1)} · max ${number(Math.max(0, ...values))}`,
      'muted',
    ),
  )
  return figure
}

const upOrAway = (state) => [state, state === 'up' ? 'good' : 'bad']

const show = (overview) => {
  const { node, state, commits, eventLoopDelay, memory, rooms, slowConsumers } = overview
  byId('node').textContent = `${node.version} · ${node.id}`
  const open = Object.values(overview.connections).reduce((sum, count) => sum + count, 0)
  tiles('state', [
    ['Store', ...upOrAway(state.store)],
    ['Bus', ...upOrAway(state.bus)],
    ['Users online', number(overview.usersOnline)],
    ['Connections', number(open)],
    ['Commit p50', milliseconds(commits.p50Ms)],
    ['Commit p99', milliseconds(commits.p99Ms)],
    ['Loop delay p99', milliseconds(eventLoopDelay.p99)],
    ['Memory', megabytes(memory.rss)],
    ['Up for', duration(node.uptimeSeconds)],
  ])
  byId('rates').replaceChildren(
    ...Object.entries(LINES).map(([kind, name]) => line(name, overview.rates[kind] ?? [])),
  )
  pairs(
    'connections',
    Object.entries(overview.connections).map(([dialect, count]) => [dialect, number(count)]),
  )
  pairs(
    'leases',
    overview.leases === null
      ? [['They cannot be read now', '']]
      : Object.entries(overview.leases).map(([kind, count]) => [kind, number(count)]),
  )
  pairs('process', [
    ['Version', node.version],
    ['Runtime', node.runtime],
    ['Commits', number(commits.ok)],
    ['Failed commits', number(commits.failed), commits.failed > 0 ? 'bad' : ''],
    [
      'Loop delay p50 / p99 / max',
      `${eventLoopDelay.p50} / ${eventLoopDelay.p99} / ${eventLoopDelay.max} ms`,
    ],
    ['Memory (process / heap)', `${megabytes(memory.rss)} / ${megabytes(memory.heapUsed)}`],
  ])
  byId('room-counts').textContent =
    `With connections here: channels ${number(rooms.channels)}, whisper rooms ${number(rooms.whisperRooms)}.`
  rows(
    'rooms',
    rooms.top.map(({ name, kind, size }) => [name, kind, [number(size), 'number']]),
    'Nobody is in a room.',
  )
  byId('slow-count').textContent = `${number(slowConsumers.count)} closed since the start`
  rows(
    'slow',
    slowConsumers.last.map(({ username, userId, dialect, at }) => [username ?? userId, dialect, time(at)]),
    'None lately.',
  )
}

const view = (name) => {
  byId('board').hidden = name !== 'board'
  byId('nav').hidden = name !== 'board'
  byId('sign-in').hidden = name !== 'sign-in'
}

const say = (text, isBad = false) => {
  byId('status').textContent = text
  byId('status').className = isBad ? 'bad' : 'muted'
}

const refresh = async () => {
  clearTimeout(timer)
  const asked = turn
  try {
    const { status, ok, answer } = await call('GET', '/api/admin/overview')
    if (asked !== turn) return
    if (status === 401 || status === 403) {
      view('sign-in')
      say('')
      if (status === 403) byId('sign-in-error').textContent = 'This account is not an admin.'
      return
    }
    if (ok) {
      show(answer)
      view('board')
      say(`Updated ${new Date(answer.node.now).toLocaleTimeString()}`)
    } else say(answer.message ?? 'The server does not answer.', true)
  } catch {
    if (asked === turn) say('The server cannot be reached. Trying again.', true)
  }
  if (asked !== turn) return
  // A page that nobody looks at does not ask.
  timer = setTimeout(() => (document.hidden ? undefined : refresh()), REFRESH)
}

/** Answers the form's fields; what they ask for runs once at a time. */
const onSubmit = (id, task) =>
  byId(id).addEventListener('submit', async (event) => {
    event.preventDefault()
    const form = event.currentTarget
    const button = form.querySelector('button[type="submit"]')
    if (button.disabled) return
    button.disabled = true
    try {
      await task(Object.fromEntries(new FormData(form)), form)
    } finally {
      button.disabled = false
    }
  })

const orUnreachable = (request) =>
  request.catch(() => ({ ok: false, answer: { message: 'The server cannot be reached.' } }))

onSubmit('sign-in-form', async ({ user, password }, form) => {
  const who = user.includes('@') ? { email: user } : { username: user }
  byId('sign-in-error').textContent = ''
  const { ok, answer } = await orUnreachable(call('POST', '/api/auth/login', { ...who, password }))
  if (!ok) {
    byId('sign-in-error').textContent = answer.message ?? 'That did not work.'
    return
  }
  form.reset()
  turn += 1
  await refresh()
})

onSubmit('announce-form', async ({ message }, form) => {
  const { ok, answer } = await orUnreachable(call('POST', '/api/admin/announce', { message }))
  byId('announce-answer').textContent = answer.message ?? (ok ? 'Announced' : 'That did not work.')
  byId('announce-answer').className = ok ? 'good' : 'bad'
  if (ok) form.reset()
})

onSubmit('ledger-form', async ({ messageId, user }) => {
  const query = new URLSearchParams({ messageId: messageId.trim(), user: user.trim() })
  const { ok, answer } = await orUnreachable(call('GET', `/api/admin/ledger?${query}`))
  byId('verdict').textContent = ok ? answer.verdict : (answer.message ?? 'That did not work.')
  byId('verdict').className = ok ? '' : 'bad'
  byId('steps-table').hidden = !ok || answer.steps.length === 0
  rows('steps', ok ? answer.steps.map(({ at, what, detail }) => [time(at), what, detail]) : [], '')
})

byId('sign-out').addEventListener('click', async () => {
  await orUnreachable(call('POST', '/api/auth/logout'))
  turn += 1
  await refresh()
})

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && byId('sign-in').hidden) void refresh()
})

void refresh()
