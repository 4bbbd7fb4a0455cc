// Makes a clone ready for `npm start` or `npm test`: installs what is missing, builds what is stale.
// Uses nothing but Node, as nothing else may be there yet. Does no network and no work when all is in place.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installMark = join(root, 'node_modules', '.parley-installed')

/** What is built, and what each reads: a change of any of it makes that one stale. */
const PARTS = {
  server: {
    title: 'the server',
    sources: ['model', 'core', 'sockets', 'socketio', 'dialects', 'stores', 'buses', 'server', 'scripts'],
    build: 'buildServer',
  },
  web: {
    title: 'the web app',
    // Of the server's packages it takes types alone.
    sources: ['web', 'client', 'scripts'],
    build: 'buildWeb',
  },
}
const SKIPPED = new Set(['node_modules', 'dist', 'test'])
const READ = /\.(?:ts|tsx|js|mjs|json|webmanifest|html|css|svg|png|woff2|mp3|ogg|wav)$/

/** What went wrong is said first; npm goes on with its own usage for pages. */
const MOST_ERRORS = 12

const say = (line) => process.stderr.write(`${line}\n`)

const fail = (line) => {
  say(line)
  process.exit(1)
}

const run = (command, args, hint) => {
  // On a terminal npm shows its own progress; else only what went wrong is kept.
  const errors = process.stderr.isTTY ? 'inherit' : 'pipe'
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', errors],
    encoding: 'utf8',
  })
  if (result.error) fail(`${hint} (${result.error.message})`)
  if (result.status !== 0) {
    const lines = (result.stderr ?? '').split('\n').filter((line) => /error/i.test(line))
    if (lines.length > 0) say(lines.slice(0, MOST_ERRORS).join('\n'))
    fail(hint)
  }
}

const lockKey = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/** What is installed: from which lock file, for which Node ABI, and whether with the tools of the tests. */
const readMark = () => {
  const [lock = '', abi = '', purpose = ''] = existsSync(installMark)
    ? readFileSync(installMark, 'utf8').split(' ')
    : []
  return { lock, abi, purpose }
}

/** `start` needs what runs; `test` needs the tools too, which then serve `start` as well. */
const install = (purpose) => {
  const { lock, abi, purpose: installedFor } = readMark()
  const isComplete = lock === lockKey() && (installedFor === 'test' || installedFor === purpose)
  const hasOtherNode = abi !== '' && abi !== process.versions.modules
  if (isComplete && !hasOtherNode) return
  say(
    'Installing packages. This takes a minute or two the first time: where no prebuilt SQLite can be had, it is compiled …',
  )
  // Tools that somebody installed by hand, or for the tests, stay.
  const hasTools = existsSync(join(root, 'node_modules')) && installedFor !== 'start'
  const keeps = purpose === 'test' || hasTools ? 'test' : 'start'
  // Not `ci`: it fails where the registry has no package for some other platform, which nobody needs here.
  // The versions are the lock file's all the same, and `--no-save` leaves that file as it is.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  if (keeps === 'start') args.push('--omit=dev')
  const hint = 'The packages could not be installed. Check the network, then run the same command again.'
  run('npm', args, hint)
  // Packages that are compiled fit one Node; another one was used here before.
  if (hasOtherNode) run('npm', ['rebuild', 'better-sqlite3'], hint)
  writeFileSync(installMark, `${lockKey()} ${process.versions.modules} ${keeps}`)
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesUnder(path)
    else if (READ.test(entry.name)) yield path
  }
}

const sourceKey = (sources) => {
  const hash = createHash('sha256').update(lockKey())
  for (const folder of sources) {
    for (const path of [...filesUnder(join(root, folder))].sort()) {
      const { mtimeMs, size } = statSync(path)
      hash.update(`${path}:${mtimeMs}:${size}\n`)
    }
  }
  return hash.digest('hex')
}

const buildPart = async (name) => {
  const part = PARTS[name]
  const mark = join(root, name, 'dist', '.built')
  const key = sourceKey(part.sources)
  if (existsSync(mark) && readFileSync(mark, 'utf8') === key) return
  say(`Building ${part.title} …`)
  const builders = await import(pathToFileURL(join(root, 'scripts', 'build.mjs')).href)
  await builders[part.build](root)
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, key)
}

/** Builds what is stale of `names`; rejects with what the builder said. */
export const build = async (names = Object.keys(PARTS)) => {
  await Promise.all(names.map(buildPart))
}

export const prepare = async (purpose) => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Parley needs Node 20.19 or newer; this is ${process.version}. Install a newer Node, then try again.`,
    )
  }
  install(purpose)
  await build().catch((error) => fail(`Parley could not be built: ${error.message}`))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await prepare(process.argv[2] === 'test' ? 'test' : 'start')
}
