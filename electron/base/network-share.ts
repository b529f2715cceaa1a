import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, statfsSync } from 'node:fs'
import { posix, win32 } from 'node:path'

/** What an operating system tells about the disk of a path that exists. */
export interface DiskProbe {
  readonly platform: NodeJS.Platform
  readonly exists: (path: string) => boolean
  /** Without links; on Windows a mapped drive becomes the share that it is: `\\server\share`. */
  readonly realPath: (path: string) => string
  /** The number of the file system's type, as Linux has it (`man 2 statfs`). */
  readonly typeNumber: (path: string) => number
  /** Linux: the text of /proc/self/mounts. macOS: the output of `mount`. */
  readonly mounts: () => string
}

const systemProbe: DiskProbe = {
  platform: process.platform,
  exists: existsSync,
  realPath: (path) => realpathSync.native(path),
  typeNumber: (path) => statfsSync(path).type,
  mounts: () =>
    process.platform === 'darwin'
      ? execFileSync('/sbin/mount', { encoding: 'utf8', timeout: 5000 })
      : readFileSync('/proc/self/mounts', 'utf8'),
}

/**
 * Numbers of `linux/magic.h` and of the file systems' own headers. 9p is not among them: it is how virtual machines and
 * containers see a disk of their own host.
 */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'SMB'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x013111a8, 'IBRIX'],
  [0xaad7aaea, 'PanFS'],
])
const fuseType = 0x65735546

/** Programs behind FUSE that show another computer's files; any other one, such as for NTFS or an encrypted folder, is local. */
const networkFuse =
  /^fuse\.(sshfs|rclone|davfs2?|curlftpfs|glusterfs|ceph|s3fs|smbnetfs|gvfsd-fuse|mfs|moosefs|lizardfs|juicefs|gcsfuse|blobfuse2?|httpdirfs|onedriver)$/
/** The name of a program behind FUSE that mounts itself without one, by what it mounts. */
const networkFuseSource = /^(https?:\/\/|[^/\s]+@[^/\s]+:|[^/\s]+:\/)/
const networkMac = new Map([
  ['smbfs', 'SMB'],
  ['nfs', 'NFS'],
  ['afpfs', 'AFP'],
  ['webdav', 'WebDAV'],
  ['ftp', 'FTP'],
])

/**
 * The kind of network file system that a path is on, or will be once it is created; null: a disk of this computer, or
 * not known. SQLite's locks and its shared memory do not work over a network (sqlite.org/wal.html), so no workspace may
 * be there.
 */
export function networkShareOf(path: string, probe: DiskProbe = systemProbe): string | null {
  try {
    const there = nearestExisting(path, probe)
    if (probe.platform === 'win32') return isUnc(path) || isUnc(probe.realPath(there)) ? 'SMB' : null
    if (probe.platform === 'darwin') return macShareOf(probe.realPath(there), probe.mounts())
    const type = probe.typeNumber(there) >>> 0
    if (type !== fuseType) return networkTypes.get(type) ?? null
    return fuseShareOf(probe.realPath(there), probe.mounts())
  } catch {
    // What cannot be asked does not keep anyone from their work.
    return null
  }
}

function nearestExisting(path: string, probe: DiskProbe): string {
  const paths = probe.platform === 'win32' ? win32 : posix
  let at = paths.resolve(path)
  while (!probe.exists(at) && paths.dirname(at) !== at) at = paths.dirname(at)
  return at
}

/** `\\server\share` and `\\?\UNC\server\share`; not `\\?\C:\` and `\\.\`. */
const isUnc = (path: string): boolean => /^[\\/]{2}(\?[\\/]UNC[\\/]|[^?.\\/])/i.test(path)

interface Mount {
  point: string
  type: string
  source: string
}

function fuseShareOf(path: string, text: string): string | null {
  const mounts = text.split('\n').map((line): Mount => {
    const [source = '', point = '', type = ''] = line.split(' ')
    return { source: unescaped(source), point: unescaped(point), type }
  })
  const found = mountOf(path, mounts)
  const [, name] = networkFuse.exec(found?.type ?? '') ?? []
  if (name !== undefined) return name
  return found?.type === 'fuse' && networkFuseSource.test(found.source) ? 'FUSE' : null
}

/** Blanks are octal in this list. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** Lines such as `//user@server/share on /Volumes/share (smbfs, nodev, nosuid)`. */
function macShareOf(path: string, text: string): string | null {
  const mounts = text.split('\n').flatMap((line): Mount[] => {
    const [, source, point, type] = /^(.+?) on (.+) \(([a-z0-9]+)[,)]/.exec(line) ?? []
    return source === undefined || point === undefined || type === undefined ? [] : [{ source, point, type }]
  })
  return networkMac.get(mountOf(path, mounts)?.type ?? '') ?? null
}

/** The mount that a path is below: the longest, and of several at one place the last. */
const mountOf = (path: string, mounts: readonly Mount[]): Mount | null =>
  mounts
    .filter(({ point }) => path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`))
    .reduce<Mount | null>(
      (best, mount) => (best === null || mount.point.length >= best.point.length ? mount : best),
      null,
    )
