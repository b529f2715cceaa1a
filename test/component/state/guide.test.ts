import { expect, it } from 'vitest'
import type { GuideDocument } from '../../../renderer/api/documents.ts'
import { Guide } from '../../../renderer/state/guide.svelte.ts'

const section = (title: string, text: string) => ({
  title,
  anchor: title.toLowerCase(),
  level: 2,
  html: '',
  text,
})
const documents: GuideDocument[] = [
  { name: 'guide', title: 'Using Lobule', sections: [section('Import', 'Drop files or folders.'), section('Leaks', 'Copies of files.')] },
  { name: 'import', title: 'Import', sections: [section('Files', 'What may be imported.')] },
] // prettier-ignore

it('shows the guide, then what was opened', async () => {
  const guide = new Guide(() => Promise.resolve(documents))
  expect(guide.document).toBeUndefined()
  await guide.load()
  expect(guide.document?.name).toBe('guide')
  guide.open('import')
  guide.open('')
  expect(guide.document?.name).toBe('import')
})

it('finds sections of all documents with every word, those with it in the title first', async () => {
  const guide = new Guide(() => Promise.resolve(documents))
  await guide.load()
  expect(guide.found).toBeNull()
  guide.query = ' FILES '
  expect(guide.found?.map(({ section: { title } }) => title)).toEqual(['Files', 'Import', 'Leaks'])
  guide.query = 'files copies'
  expect(guide.found?.map(({ section: { title } }) => title)).toEqual(['Leaks'])
  guide.query = 'biopsy'
  expect(guide.found).toEqual([])
  guide.open('guide')
  expect(guide.query).toBe('')
})

it('says that a copy of the program has no guide', async () => {
  const guide = new Guide(() => Promise.resolve(null))
  await guide.load()
  expect([guide.hasFailed, guide.document]).toEqual([true, undefined])
})
