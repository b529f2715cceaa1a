import { expect, it } from 'vitest'
import { failuresOf } from '../../../electron/cli/commands/jobs.ts'

const failure = { path: '/a.png', code: 'image.file-missing', message: 'The file /a.png is missing.' }

it('counts what a job could not do: of a training, the images that it left out', () => {
  const of = (kind: string, report: object | null) =>
    failuresOf({ kind, report } as Parameters<typeof failuresOf>[0])
  expect(of('train', { model: 'a', skipped: [failure] })).toEqual([failure])
  expect(of('classify', { failed: [failure] })).toEqual([failure])
  expect(of('import', { failed: [failure], skipped: [{ ending: '.txt', files: 3 }] })).toEqual([failure])
  expect(of('check', { problems: [] })).toEqual([])
  expect(of('train', null)).toEqual([])
})
