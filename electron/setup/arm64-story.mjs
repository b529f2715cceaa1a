// @ts-check
/**
 * From the first picture to a verdict on 64-bit ARM, beside the same on this system: pictures, descriptors, workspace and verdicts are
 * compared. Both systems have the same files and paths.
 */
import { cpSync } from 'node:fs'
import path from 'node:path'
import { here, runNode } from './arm64-machine.mjs'
import { story } from './machine-story.mjs'

/** @typedef {{ image: string, suggested: string, probabilities: Record<string, number> }} Verdict */

const folder = 'story'
const inFolder = (/** @type {string} */ name) => here(`${folder}/${name}`)

/** The smallest training that there is: eight pictures, each encoded once. */
const tiny = ['folds=2', 'augmentations=1', 'cropCount=2', 'rounds=5']

/** Verdicts of two processors: sums of a network are rounded in another order, or not at all alike. @param {Verdict[]} verdicts */
const rounded = (verdicts) =>
  verdicts.map(({ image, suggested, probabilities }) => [
    path.basename(image),
    suggested,
    Object.entries(probabilities).map(([name, value]) => [name, value.toFixed(6)]),
  ])

/** @returns {Promise<import('./gates.mjs').Tally>} a test for each step */
export const arm64Story = () =>
  story(folder, { here, there: here, runNode }, 60, async ({ expect, askHere, askThere }) => {
    const size = ['--per-class', '2', '--width', '448', '--height', '400']
    const [ours, theirs] = [inFolder('ours'), inFolder('theirs')]
    const [w, copy] = [inFolder('w'), inFolder('copy')]
    const facts = async (/** @type {typeof askHere} */ ask, /** @type {string} */ workspace) =>
      /** @type {{ fileName: string, sha256: string, label: { className: string } | null }[]} */ (
        await ask('images', '-w', workspace)
      ).map(({ fileName, sha256, label }) => [fileName, sha256, label?.className])

    // This system: a workspace with a model.
    await askHere('demo', ours, ...size)
    await askHere('init', '-w', w)
    await askHere('import', ours, '-w', w, '--labels', 'folder')
    const train = ['--group-by', 'image', '--use', '--set', ...tiny]
    await askHere('train', '-w', w, '--name', 'ours', ...train)
    cpSync(w, copy, { recursive: true })

    // ARM: the same from the start.
    const report = await askThere('doctor')
    /** @type {{ name: string, status: string }[]} */
    const checks = report.checks
    expect(
      'ARM finds nothing that fails',
      checks.filter(({ status }) => status === 'failed').map(({ name }) => name),
      [],
    )
    await askThere('demo', theirs, ...size)
    const mine = inFolder('mine')
    await askThere('init', '-w', mine)
    await askThere('import', theirs, '-w', mine, '--labels', 'folder')
    expect('ARM draws the same pictures', await facts(askThere, mine), await facts(askHere, w))

    // A model of this system, on ARM.
    const image = path.join(ours, 'Benign')
    const classify = ['classify', image, '--model', 'ours', '-w']
    const verdicts = await askThere(...classify, copy)
    expect('ARM gives the verdicts of this system', rounded(verdicts), rounded(await askHere(...classify, w)))
    expect('ARM verifies the trail', (await askThere('audit', 'verify', '-w', copy)).problems, [])
    expect('this system verifies what ARM added', (await askHere('audit', 'verify', '-w', copy)).problems, [])

    // A model of ARM, here.
    await askThere('train', '-w', mine, '--name', 'theirs', ...train)
    const [model] = await askHere('models', 'list', '-w', mine)
    expect('this system reads the model of ARM', model.name, 'theirs')
    expect('this system finds no problem', (await askHere('workspace', 'check', '-w', mine)).problems, [])
  })
