import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { parseClassScheme, thumbnailPath } from '../../../electron/contract/index.ts'
import { createWorkspace, insertImage } from '../../../electron/store/index.ts'
import { ServerPage } from '../../support/server-page.ts'
import { newImage } from '../../support/rows.ts'
import { serveLobule } from '../../support/serve-lobule.ts'

const size = { width: 2048, height: 1536 }
const images = 60

it('ends at once while a list waits for its thumbnails', async () => {
  const home = mkdtempSync(join(tmpdir(), 'lobule-stop-'))
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const first = join(home, 'field.png')
  await sharp({ create: { ...size, channels: 3, background: '#fff', noise } }).toFile(first)
  const workspace = join(home, 'study')
  const store = createWorkspace(workspace, parseClassScheme('Normal,Benign'), 'test')
  // Each a separate file: none is served from memory, and all of them take longer than the server needs to close.
  const ids = Array.from({ length: images }, (_, n) => {
    const path = join(home, `field-${n}.png`)
    copyFileSync(first, path)
    return insertImage(
      store.database,
      newImage(n.toString(16).padStart(64, '0'), { path, widthPx: size.width, heightPx: size.height }),
    )
  })
  store.close()
  try {
    const lobule = await serveLobule(home)
    const page = await ServerPage.open(lobule.url)
    await page.call('app.acknowledge', {})
    await page.call('workspace.open', { path: workspace })
    const answers = ids.map((id) => page.picture(thumbnailPath(id)).catch(String))
    expect(await Promise.race(answers)).toBe(200)
    await lobule.stop()
    const statuses = await Promise.all(answers)
    // Otherwise nothing waited, and the test would show nothing.
    expect(statuses.some((status) => status !== 200)).toBe(true)
  } finally {
    rmSync(home, { recursive: true })
  }
})
