import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { inRoot } from '../../../electron/setup/shared.mjs'

const read = (name: string): string => readFileSync(inRoot('workflows', name), 'utf8')
const files = readdirSync(inRoot('workflows'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== 'README.md')
  .map(({ parentPath, name }) => `${parentPath.slice(inRoot('workflows').length + 1)}/${name}`)

it.each(files)('%s can be read at a glance', (name) => {
  expect(read(name).split('\n').length).toBeLessThan(60)
})

it.skipIf(process.platform === 'win32').each(files.filter((name) => name.startsWith('slurm/')))(
  '%s is a script of bash',
  (name) => {
    execFileSync('bash', ['-n', inRoot('workflows', name)])
  },
)

it('gives each pod of the Kubernetes job one part of as many as there are', () => {
  const text = read('kubernetes/indexed-job.yaml')
  const numberOf = (key: string): string | undefined =>
    new RegExp(`^ *${key}: '?(\\d+)'?$`, 'm').exec(text)?.[1]
  const shards = /name: LOBULE_SHARDS\n *value: '(\d+)'/.exec(text)?.[1]
  expect([numberOf('completions'), numberOf('parallelism'), shards]).toEqual(['16', '16', '16'])
  expect(text).toMatch(/^ {2}completionMode: Indexed$/m)
})

it('puts the same files into both containers, and starts the same program', () => {
  const definition = read('apptainer/lobule.def')
  const sections = [...definition.matchAll(/^%(\w+)/gm)].map(([, name]) => name)
  expect(sections).toEqual(['files', 'runscript'])
  expect(definition).toMatch(/^Bootstrap: docker\nFrom: debian:bookworm-slim$/m)
  const container = read('kubernetes/Containerfile')
  expect(container).toMatch(/^FROM docker\.io\/library\/debian:bookworm-slim$/m)
  const own = [...definition.matchAll(/^ {4}(\S+) \/opt\/lobule\/\1$/gm)].map(([, name]) => name)
  const copied = [...container.matchAll(/^COPY (\S+) \/opt\/lobule\//gm)].map(([, name]) => name)
  expect(own).toEqual(copied)
  expect(own).toContain('out')
  const program = /exec (\S+) (\S+) "\$@"/.exec(definition)?.slice(1)
  expect(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(container)?.[1] ?? '')).toEqual(program)
})
