import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import {
  allParts,
  byStatus,
  byStep,
  readArguments,
  runGates,
  type Gate,
  type Tally,
} from '../../../electron/setup/gates.mjs'
import { SetupError, inRoot } from '../../../electron/setup/shared.mjs'

const passes = byStatus(() => Promise.resolve(0))
const fails = byStatus(() => Promise.resolve(1))
const tests: Tally = { passed: 40, failed: 0, skipped: [{ name: 'gpu', reason: 'no GPU' }], failures: [] }

const gates = (change: Partial<Record<string, Gate['run']>> = {}): Gate[] =>
  (
    [
      { name: 'packages', needs: [], run: passes },
      { name: 'types', part: 'types', needs: ['packages'], run: passes },
      { name: 'types of the page', part: 'types', needs: ['packages'], run: passes },
      { name: 'lint', part: 'lint', needs: ['packages'], run: passes },
      { name: 'build', part: 'build', needs: ['packages'], run: passes },
      { name: 'tests', part: 'tests', needs: ['build'], run: () => Promise.resolve(tests) },
    ] satisfies Gate[]
  ).map((gate) => ({ ...gate, run: change[gate.name] ?? gate.run }))

describe('the arguments of npm test', () => {
  test('without arguments, everything runs', () => {
    expect(readArguments([])).toEqual({ parts: allParts, vitest: [] })
  })

  test('--only names parts', () => {
    expect(readArguments(['--only', 'types,lint']).parts).toEqual(['types', 'lint'])
    expect(readArguments(['--only=tests', '--project', 'unit'])).toEqual({
      parts: ['tests'],
      vitest: ['--project', 'unit'],
    })
  })

  test('arguments of Vitest run the tests alone', () => {
    expect(readArguments(['test/unit/setup', '-t', 'gate'])).toEqual({
      parts: ['tests'],
      vitest: ['test/unit/setup', '-t', 'gate'],
    })
  })

  test('invalid arguments are refused', () => {
    expect(() => readArguments(['--only', 'type'])).toThrow(/knows no part "type". Known: types, lint/)
    expect(() => readArguments(['--only'])).toThrow(SetupError)
    expect(() => readArguments(['--only', 'lint', 'a.test.ts'])).toThrow(/a\.test\.ts/)
  })
})

describe('the gates', () => {
  test('each counts as one, the tests count one by one, a preparation does not count', async () => {
    expect(await runGates(gates(), allParts)).toEqual({
      passed: 44,
      failed: 0,
      skipped: tests.skipped,
      failures: [],
    })
  })

  test('what passed at the second attempt only is listed', async () => {
    const again = (): Promise<Tally> => Promise.resolve({ ...tests, flaky: ['a race'] })
    expect((await runGates(gates({ tests: again }), allParts)).flaky).toEqual(['a race'])
  })

  test('a failure is named and counted, and the others still run', async () => {
    const outcome = await runGates(gates({ lint: fails, types: fails }), allParts)
    expect(outcome).toMatchObject({ passed: 42, failed: 2, failures: ['types', 'lint'] })
  })

  test('a step that throws counts as one failure', async () => {
    const step = byStep(() => Promise.reject(new SetupError('The build failed.')))
    const outcome = await runGates(gates({ lint: step }), ['lint'])
    expect(outcome).toEqual({ passed: 0, failed: 1, skipped: [], failures: ['lint'] })
  })

  test('gates that need a failed one are skipped, and reported', async () => {
    const outcome = await runGates(gates({ build: fails }), allParts)
    expect(outcome.skipped).toEqual([{ name: 'tests', reason: 'build failed' }])
    expect(outcome).toMatchObject({ passed: 3, failed: 1, failures: ['build'] })
  })

  test('a failed preparation fails the run, and nothing that needs it runs', async () => {
    const outcome = await runGates(gates({ packages: fails }), ['tests'])
    expect(outcome).toMatchObject({ passed: 0, failed: 1, failures: ['packages'] })
    expect(outcome.skipped.map(({ name }) => name)).toEqual(['build', 'tests'])
  })

  test('a part runs what it needs and nothing else', async () => {
    const lint = vi.fn(passes)
    const packages = vi.fn(passes)
    expect(await runGates(gates({ lint, packages }), ['tests'])).toMatchObject({ passed: 40, failed: 0 })
    expect(packages).toHaveBeenCalledOnce()
    expect(lint).not.toHaveBeenCalled()
  })
})

describe('gates at the same time', () => {
  /** Gates that last until they are ended by name, and what runs. */
  function held(table: readonly Omit<Gate, 'run'>[]) {
    const ends = new Map<string, () => void>()
    const run = (name: string) => (): Promise<Tally> =>
      new Promise((resolve) => {
        ends.set(name, () => {
          ends.delete(name)
          resolve({ passed: 1, failed: 0, skipped: [], failures: [] })
        })
      })
    const outcome = runGates(
      table.map((gate) => ({ ...gate, run: run(gate.name) })),
      ['build', 'tests'],
    )
    const running = (): string[] => [...ends.keys()]
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.()
      await new Promise(setImmediate)
    }
    return { outcome, running, end }
  }

  test('two run at once, in order; one that must be alone waits for all others', async () => {
    const { outcome, running, end } = held([
      { name: 'a', part: 'build', needs: [] },
      { name: 'b', part: 'build', needs: ['a'] },
      { name: 'c', part: 'build', needs: [] },
      { name: 'd', part: 'build', needs: [] },
      { name: 'alone', part: 'tests', needs: ['a'], alone: true },
    ])
    expect(running()).toEqual(['a', 'c'])
    await end('c')
    expect(running()).toEqual(['a', 'd'])
    await end('a')
    expect(running()).toEqual(['d', 'b'])
    await end('d')
    expect(running()).toEqual(['b'])
    await end('b')
    expect(running()).toEqual(['alone'])
    await end('alone')
    expect(await outcome).toMatchObject({ passed: 5, failed: 0 })
  })

  test('nothing starts beside one that must be alone', async () => {
    const { outcome, running, end } = held([
      { name: 'alone', part: 'tests', needs: [], alone: true },
      { name: 'a', part: 'build', needs: [] },
    ])
    expect(running()).toEqual(['alone'])
    await end('alone')
    expect(running()).toEqual(['a'])
    await end('a')
    expect(await outcome).toMatchObject({ passed: 2, failed: 0 })
  })
})

test('npm run check and the CI are npm test', () => {
  const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  expect(scripts['check']).toBe(scripts['test'])
  expect(readFileSync(inRoot('.ci', 'run'), 'utf8')).toMatch(/exec npm test --silent -- --install\n$/)
})

test('a script has all its constants before it starts: later ones would not exist yet', () => {
  const folder = inRoot('electron', 'setup')
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.mjs'))
  const started = scripts.flatMap((name) => {
    const [, ...afterStart] = readFileSync(`${folder}/${name}`, 'utf8').split(/^await runScript\(/mu)
    return afterStart.length === 0
      ? []
      : [{ name, late: afterStart.join('').match(/^(const|let|class) .*$/mu) }]
  })
  expect(started.map(({ name }) => name)).toContain('test.mjs')
  expect(started.filter(({ late }) => late !== null)).toEqual([])
})
