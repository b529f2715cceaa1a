import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import { openWorkspace } from '../../../../electron/store/index.ts'

/** Labels without end until it is killed; prints how many labels are confirmed to be on disk. */
const { database } = openWorkspace(process.argv[2] ?? '', 'the child')
for (let n = 1; ; n++) {
  database.transaction(() => {
    recordLabel(database, { imageId: 1, className: n % 2 === 0 ? 'Benign' : 'Malignant', reader: 'ada' })
    recordLabel(database, { imageId: 1, className: null, reader: 'ben', comment: `${n}` })
  })()
  if (n === 1 || n % 5 === 0) process.send?.(2 * n)
}
