import { listClasses, openWorkspace } from '../../electron/store/index.ts'
import { setLabels } from '../support/at-once.ts'

/**
 * Labels the images of a workspace, one after the other and without end, until the process is killed:
 * `label-forever.ts WORKSPACE FIRST`. After each label that is stored it sends `[imageId, class, comment]`; the comment is
 * a number that counts on from FIRST, so that no two are alike.
 */
const [workspace = '', first = '0'] = process.argv.slice(2)
const { database } = openWorkspace(workspace, 'label-forever')
const classes = listClasses(database).map(({ name }) => name)
const images = database
  .prepare<[], { id: number }>('SELECT id FROM images ORDER BY id')
  .all()
  .map(({ id }) => id)

async function labelNext(n: number): Promise<void> {
  const imageId = images[n % images.length] ?? 0
  const className = classes[n % classes.length] ?? ''
  const comment = String(n)
  setLabels(database, [imageId], className, { reader: 'bea', comment })
  await new Promise<void>((resolve) => process.send?.([imageId, className, comment], () => resolve()))
}

for (let n = Number(first); ; n++) await labelNext(n)
