import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unzipSync, zipSync } from 'fflate'
import { previewPackage } from '../../../../electron/engine/model-package/index.ts'
import { limits } from '../../../../electron/engine/model-package/limits.ts'
import { findModel, listModels, readPackagedCard } from '../../../../electron/store/index.ts'
import { inFormat4 } from '../../../support/older-package.ts'
import { jsonOf, makeWorld, pack, sha256, unpack, type JsonObject, type World } from './fixture.ts'

let world: World
let card: string
beforeAll(async () => {
  world = await makeWorld()
  await pack(world, world.store, 'first', 'first.zip')
  card = Buffer.from(entriesOf('first.zip')['card.md'] ?? []).toString()
})
afterAll(() => world.dispose())

const entriesOf = (file: string): Record<string, Uint8Array> => unzipSync(readFileSync(world.path(file)))

it('a package has the model card, which is shown before the import and kept with the model', async () => {
  expect(card).toContain('# Model card: first\n')
  expect(card).toContain('## Intended use')
  expect(card).toContain('\nWritten by Lobule.\n')
  expect(await previewPackage(world.path('first.zip'))).toMatchObject({ manifest: { name: 'first' }, card })
  const away = world.newWorkspace('away')
  await unpack(world, away, 'first.zip')
  expect(readPackagedCard(away.database, findModel(away.database, 'first').id)).toBe(card)
  // What is known where it was trained goes on to the next workspace.
  await pack(world, away, 'first', 'again.zip')
  expect(entriesOf('again.zip')['card.md']).toEqual(entriesOf('first.zip')['card.md'])
})

it('a package of format 4 has none', async () => {
  writeFileSync(world.path('older.zip'), inFormat4(readFileSync(world.path('first.zip'))))
  expect(entriesOf('older.zip')).not.toHaveProperty(['card.md'])
  expect(await previewPackage(world.path('older.zip'))).toMatchObject({
    manifest: { version: 4 },
    card: null,
  })
  const older = world.newWorkspace('older')
  await unpack(world, older, 'older.zip')
  expect(readPackagedCard(older.database, findModel(older.database, 'first').id)).toBeNull()
})

it('is refused if the card is missing, too large, no plain text, or another one', async () => {
  const target = world.newWorkspace('target')
  const withCard = (content: Uint8Array | null, isListed = true): void => {
    const { 'manifest.json': first, 'card.md': _, ...rest } = entriesOf('first.zip')
    const manifest = jsonOf(first)
    const others: Record<string, Uint8Array> = content === null ? rest : { ...rest, 'card.md': content }
    const entries = (manifest['entries'] as JsonObject[]).flatMap((entry) => {
      if (entry['path'] !== 'card.md') return entry
      if (content === null) return []
      return isListed ? { path: 'card.md', bytes: content.length, sha256: sha256(content) } : entry
    })
    const document = Buffer.from(JSON.stringify({ ...manifest, entries }))
    writeFileSync(world.path('odd.zip'), zipSync({ 'manifest.json': document, ...others }))
  }
  const refused = async (reason: RegExp): Promise<void> => {
    const details = { entry: 'card.md', reason: expect.stringMatching(reason) as string }
    const invalid = { code: 'package.invalid', details }
    await expect(unpack(world, target, 'odd.zip')).rejects.toMatchObject(invalid)
    await expect(previewPackage(world.path('odd.zip'))).rejects.toMatchObject(invalid)
    expect(listModels(target.database)).toEqual([])
  }
  withCard(null)
  await refused(/does not list it/)
  withCard(Buffer.from(card.replace('first', 'other')), false)
  await refused(/not what the manifest says/)
  withCard(Buffer.alloc(limits.cardBytes + 1, 'a'))
  await refused(/at most 1048576/)
  for (const odd of ['\u001b[2J', '\r\n', '\u0000']) {
    withCard(Buffer.from(odd))
    await refused(/not a plain text/)
  }
  withCard(Uint8Array.of(0xff, 0xfe))
  await refused(/not a plain text/)
})
