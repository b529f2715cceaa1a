import { imageExtensions, maxDroppedFiles } from '../../electron/contract/index.ts'

/** A dropped file and its path in the drop: `case 1.png`, `Benign/case 1.png`. */
export interface DroppedFile {
  path: string
  file: File
}

const isImageName = (name: string): boolean =>
  imageExtensions.some((ending) => name.toLowerCase().endsWith(ending))

/**
 * The files of a drop, each with a path of its own: all dropped files, and the images and tables of dropped folders
 * and their subfolders, except hidden ones. Must be called in the event handler of the drop, since the browser
 * clears the transfer afterwards.
 */
export async function readDroppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries: FileSystemEntry[] = []
  const files: File[] = []
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry()
    const file = item.getAsFile()
    if (entry?.isDirectory === true) entries.push(entry)
    else if (file !== null) files.push(file)
  }
  const dropped: DroppedFile[] = files.map((file) => ({ path: file.name, file }))
  for (const entry of entries) await addEntry(entry, dropped)
  return withDifferentPaths(dropped)
}

async function addEntry(entry: FileSystemEntry, dropped: DroppedFile[]): Promise<void> {
  if (entry.name.startsWith('.') || dropped.length >= maxDroppedFiles) return
  if (isDirectory(entry)) {
    for (const inside of await entriesOf(entry)) await addEntry(inside, dropped)
  } else if (isFile(entry) && (isImageName(entry.name) || entry.name.toLowerCase().endsWith('.csv'))) {
    const file = await new Promise<File | null>((resolve) => entry.file(resolve, () => resolve(null)))
    // One that cannot be read is sent empty, so that the import lists it.
    dropped.push({ path: entry.fullPath.replace(/^\/+/, ''), file: file ?? new File([], entry.name) })
  }
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

/** A directory reader returns at most a hundred entries at a time. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]))
    })
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1))
    all.push(...some)
  }
}

/** Two files with the same name can come from two folders, e.g. from the results of a search. */
function withDifferentPaths(files: readonly DroppedFile[]): DroppedFile[] {
  const taken = new Set<string>()
  return files.map(({ path, file }) => {
    const [, stem = path, ending = ''] = /^(.*?)(\.[^./]*)?$/.exec(path) ?? []
    let free = path
    for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${stem} (${count})${ending}`
    taken.add(free.toLowerCase())
    return { path: free, file }
  })
}
