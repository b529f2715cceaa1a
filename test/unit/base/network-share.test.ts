import { expect, it } from 'vitest'
import { networkShareOf, type DiskProbe } from '../../../electron/base/network-share.ts'

const probe = (changes: Partial<DiskProbe>): DiskProbe => ({
  platform: 'linux',
  exists: () => true,
  realPath: (path) => path,
  typeNumber: () => 0xef53,
  mounts: () => '',
  ...changes,
})

/** The numbers of `man 2 statfs`, beside what `stat -f -c %t` prints. */
it.each([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  // As a 32-bit system gives the same number.
  [-11317950, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  // ext4, xfs, btrfs, tmpfs, overlay, zfs, ntfs3, exfat, 9p
  [0xef53, null],
  [0x58465342, null],
  [0x9123683e, null],
  [0x01021994, null],
  [0x794c7630, null],
  [0x2fc12fc1, null],
  [0x7366746e, null],
  [0x2011bab0, null],
  [0x01021997, null],
])('type %i of Linux is %s', (type, kind) => {
  expect(networkShareOf('/data/w', probe({ typeNumber: () => type }))).toBe(kind)
})

const mounts = `/dev/sda1 / ext4 rw 0 0
anna@nas:/scans /mnt/nas fuse.sshfs rw,nosuid 0 0
/dev/sdb1 /mnt/usb\\040disk fuseblk rw 0 0
encfs /mnt/nas/safe fuse.gocryptfs rw 0 0
lab: /mnt/cloud fuse.rclone rw 0 0
https://cloud.example/dav /mnt/dav fuse rw 0 0
`
it.each([
  ['/mnt/nas/w', 'sshfs'],
  ['/mnt/nas', 'sshfs'],
  ['/mnt/nas-2/w', null],
  // A mount inside another one.
  ['/mnt/nas/safe/w', null],
  ['/mnt/usb disk/w', null],
  ['/mnt/cloud/a/b', 'rclone'],
  ['/mnt/dav/w', 'FUSE'],
])('%s below FUSE is on %s', (path, kind) => {
  expect(networkShareOf(path, probe({ typeNumber: () => 0x65735546, mounts: () => mounts }))).toBe(kind)
})

const macMounts = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
//anna@nas._smb._tcp.local/scans on /Volumes/scans (smbfs, nodev, nosuid, mounted by anna)
nas:/export on /Volumes/a (b) (nfs)
/dev/disk4s1 on /Volumes/USB (exfat, local)
`
it.each([
  ['/Volumes/scans/w', 'SMB'],
  ['/Volumes/a (b)/w', 'NFS'],
  ['/Volumes/USB/w', null],
  ['/Users/anna/w', null],
])('%s of macOS is on %s', (path, kind) => {
  expect(networkShareOf(path, probe({ platform: 'darwin', mounts: () => macMounts }))).toBe(kind)
})

it.each([
  ['\\\\nas\\scans\\w', null, 'SMB'],
  ['\\\\?\\UNC\\nas\\scans\\w', null, 'SMB'],
  // Windows names the share of a mapped drive.
  ['Z:\\w', '\\\\nas\\scans\\w', 'SMB'],
  ['C:\\w', 'C:\\w', null],
  ['\\\\?\\C:\\w', '\\\\?\\C:\\w', null],
])('%s of Windows, really %s, is on %s', (path, real, kind) => {
  expect(networkShareOf(path, probe({ platform: 'win32', realPath: () => real ?? path }))).toBe(kind)
})

it('a folder that does not exist yet is where its parent is', () => {
  const asked: string[] = []
  const exists = (path: string): boolean => path === '/mnt'
  const typeNumber = (path: string): number => (asked.push(path), 0x6969)
  expect(networkShareOf('/mnt/new/w', probe({ exists, typeNumber }))).toBe('NFS')
  expect(asked).toEqual(['/mnt'])
})

it('a system that does not answer refuses nothing', () => {
  const typeNumber = (): number => {
    throw new Error('EIO')
  }
  expect(networkShareOf('/data/w', probe({ typeNumber }))).toBeNull()
  expect(networkShareOf(process.cwd())).toBeNull()
})
