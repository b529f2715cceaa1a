import { fork, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasCode, parseClassScheme, type ErrorCode } from '../../electron/contract/index.ts'
import {
  appendEvent,
  chainHead,
  createWorkspace,
  insertImage,
  listImages,
  openWorkspace,
  readEvents,
  type OpenWorkspace,
} from '../../electron/store/index.ts'
import { copyForReading } from '../../electron/store/read-only-copy.ts'
import { newImage } from '../support/rows.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'

let root: string
let folder: string
let disk: SmallDisk | null = null
const opened: OpenWorkspace[] = []
const children: ChildProcess[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-robust-'))
  folder = join(root, 'w')
})
afterEach(() => {
  for (const workspace of opened.splice(0)) workspace.close()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  disk?.unmount()
  disk = null
  rmSync(root, { recursive: true })
})

const classes = parseClassScheme('Benign,Malignant*')
const keep = (workspace: OpenWorkspace): OpenWorkspace => {
  opened.push(workspace)
  return workspace
}
const create = (path = folder): OpenWorkspace => keep(createWorkspace(path, classes, 'test'))
const open = (path = folder): OpenWorkspace => keep(openWorkspace(path, 'test'))
const close = (workspace: OpenWorkspace): void => {
  opened.splice(opened.indexOf(workspace), 1)
  workspace.close()
}
const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))

/** Adds images, each with an event, in a transaction each. */
function addImages({ database }: OpenWorkspace, from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    database.transaction(() => {
      insertImage(
        database,
        newImage(n.toString(16).padStart(64, '0'), { path: `/images/${'long'.repeat(20)}/${n}.png` }),
      )
      const object = { type: 'file', id: null, name: `image ${n}` }
      appendEvent(database, { kind: 'import', object, after: { text: 'x'.repeat(300) } })
    })()
  }
}
const countOf = ({ database }: OpenWorkspace): number => listImages(database).length
const database = (path = folder): string => join(path, 'workspace.sqlite')

/** Windows does not let a file be deleted or replaced while it is open. */
const isWindows = process.platform === 'win32'

describe('the lock', () => {
  /** A second process that opens the workspace, and answers what came of it. */
  async function openElsewhere(): Promise<string> {
    const script = join(root, 'second.mjs')
    const store = new URL('../../electron/store/workspace.ts', import.meta.url).href
    writeFileSync(
      script,
      `import { openWorkspace } from ${JSON.stringify(store)}
       try {
         globalThis.open = openWorkspace(${JSON.stringify(folder)}, 'the second')
         process.send('open')
       } catch (error) { process.send(error.message) }
       setInterval(() => undefined, 1000)`,
    )
    const child = fork(script, [], { execArgv: ['--experimental-strip-types', '--no-warnings'] })
    children.push(child)
    return new Promise((resolve) => child.once('message', (message) => resolve(message as string)))
  }

  it.skipIf(isWindows)('is taken again when its file was deleted and no other process has it', async () => {
    const workspace = create()
    rmSync(join(folder, 'lock.sqlite'))
    addImages(workspace, 1, 1)
    expect(await openElsewhere()).toContain(`in use by test, process ${process.pid}`)
  })

  it.skipIf(isWindows)('keeps this process from writing once another one has it', async () => {
    const workspace = create()
    rmSync(join(folder, 'lock.sqlite'))
    expect(await openElsewhere()).toBe('open')
    expect(() => addImages(workspace, 1, 1)).toThrow(code('workspace.locked'))
    expect(() => addImages(workspace, 1, 1)).toThrow(`in use by the second, process ${children[0]?.pid}`)
    expect(countOf(workspace)).toBe(0)
  })

  it('names no process that does not live', () => {
    close(create())
    const holder = new Sqlite(join(folder, 'lock.sqlite'))
    try {
      holder.exec('BEGIN EXCLUSIVE')
      writeFileSync(join(folder, 'lock-holder.txt'), `Lobule 1, process 4194999 on ${hostname()}`)
      expect(() => open()).toThrow('is in use by another process. Close it there first.')
    } finally {
      holder.close()
    }
  })
})

it('says that no workspace is open to a call that goes on after its workspace was closed', () => {
  const workspace = create()
  const statement = workspace.database.prepare('SELECT count(*) FROM images')
  close(workspace)
  expect(() => countOf(workspace)).toThrow(code('workspace.none-open'))
  expect(() => statement.get()).toThrow(code('workspace.none-open'))
  expect(() => [...statement.iterate()]).toThrow(code('workspace.none-open'))
  expect(() => addImages(workspace, 1, 1)).toThrow(code('workspace.none-open'))
})

it.runIf(isWindows)('lock and database of an open workspace cannot be deleted or replaced on Windows', () => {
  const workspace = create()
  copyFileSync(database(), join(root, 'older'))
  const refused = /^(EBUSY|EPERM|EACCES):/
  for (const file of [database(), join(folder, 'lock.sqlite')]) {
    expect(() => rmSync(file)).toThrow(refused)
    expect(() => renameSync(join(root, 'older'), file)).toThrow(refused)
  }
  expect(workspace.isInPlace()).toBe(true)
  addImages(workspace, 1, 1)
  expect(countOf(workspace)).toBe(1)
})

describe.skipIf(isWindows)('a database that was deleted or replaced while it was open', () => {
  it.each([
    ['deleted', (): void => rmSync(database())],
    [
      'replaced',
      (): void => {
        copyFileSync(database(), join(root, 'older'))
        renameSync(join(root, 'older'), database())
      },
    ],
  ])('stops writing when %s, and can still be copied whole', (_, change) => {
    const workspace = create()
    addImages(workspace, 1, 30)
    expect(workspace.isInPlace()).toBe(true)
    change()
    expect(workspace.isInPlace()).toBe(false)
    expect(() => addImages(workspace, 31, 31)).toThrow(code('workspace.replaced'))
    expect(() => workspace.database.prepare('DELETE FROM jobs').run()).toThrow(code('workspace.replaced'))
    mkdirSync(join(root, 'rescued'))
    workspace.copyDatabaseInto(database(join(root, 'rescued')))
    expect(countOf(open(join(root, 'rescued')))).toBe(30)
  })
})

describe('a log beside the database', () => {
  /** The files of a workspace as a killed process leaves them: database and log. */
  const kill = (workspace: OpenWorkspace, path: string): void => {
    cpSync(folder, path, { recursive: true })
    rmSync(join(path, 'workspace.sqlite-shm'), { force: true })
    close(workspace)
  }

  it('that belongs to it is read: nothing is lost after a kill', () => {
    const workspace = create()
    addImages(workspace, 1, 60)
    kill(workspace, join(root, 'killed'))
    expect(existsSync(join(root, 'killed', 'workspace.sqlite-wal'))).toBe(true)
    const again = open(join(root, 'killed'))
    expect(again.setAside).toEqual([])
    expect(countOf(again)).toBe(60)
  })

  it('that does not belong to it is set aside and recorded: the backup is whole', () => {
    const first = create()
    addImages(first, 1, 40)
    close(first)
    copyFileSync(database(), join(root, 'backup.sqlite'))
    const second = open()
    addImages(second, 41, 400)
    close(second)
    const third = open()
    addImages(third, 401, 420)
    const killed = join(root, 'killed')
    kill(third, killed)
    const log = readFileSync(join(killed, 'workspace.sqlite-wal'))
    copyFileSync(join(root, 'backup.sqlite'), database(killed))

    const workspace = open(killed)
    expect(countOf(workspace)).toBe(40)
    const [aside] = workspace.setAside
    expect(aside).toMatch(/^workspace\.sqlite-wal-set-aside-\d{8}T\d{6}$/)
    expect(readFileSync(join(killed, aside ?? '')).equals(log)).toBe(true)
    const head = chainHead(workspace.database)?.id ?? 0
    expect(readEvents(workspace.database, head - 1, 1)).toMatchObject([
      { kind: 'restore', after: JSON.stringify({ setAside: [...workspace.setAside] }) },
    ])
    expect(readdirSync(killed).filter((name) => name.startsWith('examined'))).toEqual([])
  })

  it('beside a database that is damaged itself stays where it is', () => {
    const workspace = create()
    addImages(workspace, 1, 60)
    const killed = join(root, 'killed')
    kill(workspace, killed)
    writeFileSync(database(killed), 'no database at all, but long enough to look like one'.repeat(200))
    writeFileSync(join(killed, 'workspace.sqlite-wal'), 'no log'.repeat(2000))
    expect(() => open(killed)).toThrow(code('workspace.corrupt'))
    expect(readdirSync(killed).some((name) => name.includes('set-aside'))).toBe(false)
  })
})

describe('on a disk of its own', () => {
  const fill = (path: string, leaveBytes = 0): void => {
    const { bavail, bsize } = statfsSync(path)
    writeFileSync(join(path, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
  }

  it('that is full, init says so and leaves nothing behind', ({ skip }) => {
    disk = mountSmallDisk(join(root, 'disk'), 2 ** 20)
    if (disk === null) return skip('no disk could be mounted')
    let refused = 0
    for (let leaveBytes = 0; leaveBytes <= 512 * 1024; leaveBytes += 32 * 1024) {
      fill(disk.path, leaveBytes)
      const path = join(disk.path, 'w')
      try {
        createWorkspace(path, classes, 'test').close()
      } catch (error) {
        expect(error).toSatisfy((thrown) => hasCode(thrown, 'workspace.disk-full'))
        expect(readdirSync(disk.path)).toEqual(['filler'])
        refused++
      }
      rmSync(path, { recursive: true, force: true })
    }
    expect(refused).toBeGreaterThan(0)
  })

  it('that is full, opening and writing say so, and what was acknowledged stays', ({ skip }) => {
    disk = mountSmallDisk(join(root, 'disk'), 4 * 2 ** 20)
    if (disk === null) return skip('no disk could be mounted')
    const path = join(disk.path, 'w')
    const workspace = create(path)
    fill(disk.path, 40 * 1024)
    let acknowledged = 0
    const add = (): void => {
      for (;;) {
        addImages(workspace, acknowledged + 1, acknowledged + 1)
        acknowledged++
      }
    }
    expect(add).toThrow(code('workspace.disk-full'))
    expect(countOf(workspace)).toBe(acknowledged)
    // As a process that was killed, so that closing does not tidy up.
    const killed = join(disk.path, 'killed')
    rmSync(join(disk.path, 'filler'))
    cpSync(path, killed, { recursive: true })
    rmSync(join(killed, 'workspace.sqlite-shm'))
    close(workspace)
    fill(disk.path)
    expect(() => open(killed)).toThrow(code('workspace.disk-full'))
    rmSync(join(disk.path, 'filler'))
    const again = open(killed)
    expect(countOf(again)).toBe(acknowledged)
    close(again)
  })

  it('that may only be read, a workspace opens for reading, with what its log holds', ({ skip }) => {
    disk = mountSmallDisk(join(root, 'disk'), 8 * 2 ** 20)
    if (disk === null) return skip('no disk could be mounted')
    const path = join(disk.path, 'w')
    const workspace = create(path)
    addImages(workspace, 1, 20)
    const killed = join(disk.path, 'killed')
    cpSync(path, killed, { recursive: true })
    close(workspace)
    disk.setReadOnly(true)
    const reading = open(killed)
    expect(reading.database.isReadOnly).toBe(true)
    expect(countOf(reading)).toBe(20)
    expect(() => addImages(reading, 21, 21)).toThrow(code('workspace.read-only'))
    expect(() => reading.database.prepare('DELETE FROM jobs').run()).toThrow(code('workspace.read-only'))
    const exported = { type: 'file', id: null, name: '/elsewhere.csv' }
    expect(appendEvent(reading.database, { kind: 'export', object: exported })).toBe(0)
    mkdirSync(join(root, 'copy'))
    reading.copyDatabaseInto(database(join(root, 'copy')))
    expect(countOf(open(join(root, 'copy')))).toBe(20)
    expect(existsSync(join(killed, 'lock-holder.txt'))).toBe(true)
    close(reading)
    // Node says that the folder above is missing.
    const elsewhere = join(disk.path, 'new', 'w')
    expect(() => create(elsewhere)).toThrow(`${elsewhere} cannot be written: the disk is read-only.`)
  })

  it('whose files may not be written is read from a copy that may', () => {
    close(create())
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o444)
    const copy = copyForReading(database(folder))
    // Windows has only "read-only or not", and shows it for everyone.
    expect(statSync(copy.path).mode & (isWindows ? 0o200 : 0o777)).toBe(isWindows ? 0o200 : 0o600)
    copy.remove()
    expect(existsSync(copy.path)).toBe(false)
  })
})
