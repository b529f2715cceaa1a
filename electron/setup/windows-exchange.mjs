// @ts-check
/** A workspace that moves from this system to Windows and back: each opens it, finds the images and checks all of it. */
import path from 'node:path'
import { story } from './machine-story.mjs'
import { here, onWindows, runNode } from './windows-machine.mjs'

/** @typedef {{ id: number, fileName: string, path: string, sha256: string, label: unknown }} Image */

const folder = 'exchange'

/** @returns {Promise<import('./gates.mjs').Tally>} a test for each step */
export const exchange = () =>
  story(folder, { here, there: onWindows, runNode }, 10, async ({ expect, askHere, askThere }) => {
    const [images, workspace] = [here(`${folder}/Bilder ä`), here(`${folder}/w`)]
    const [imagesThere, workspaceThere] = [onWindows(`${folder}/Bilder ä`), onWindows(`${folder}/w`)]
    await askHere('demo', images, '--per-class', '2', '--width', '256', '--height', '192')
    await askHere('init', '-w', workspace)
    // Half of them as copies, whose paths in the workspace are relative.
    await askHere('import', path.join(images, 'Benign'), '-w', workspace, '--labels', 'folder', '--copy')
    await askHere('import', images, '-w', workspace, '--labels', 'folder')
    /** @type {Image[]} */
    const before = await askHere('images', '-w', workspace)
    const facts = (/** @type {Image[]} */ list) =>
      list.map(({ id, fileName, sha256, label }) => [id, fileName, sha256, label])
    expect('this system imports them', before.length, 8)

    /** @type {Image[]} */
    const there = await askThere('images', '-w', workspaceThere)
    expect('Windows lists the same images and labels', facts(there), facts(before))
    expect(
      'the copies are found at once',
      there.filter((image) => image.path.startsWith(`${workspaceThere}\\images\\`)).length,
      2,
    )
    const relinked = await askThere('workspace', 'relink', imagesThere, '-w', workspaceThere)
    expect('Windows finds the others by content', [relinked.found.length, relinked.missing.length], [6, 0])
    expect(
      'Windows finds no problem',
      (await askThere('workspace', 'check', '-w', workspaceThere)).problems,
      [],
    )
    expect(
      'Windows verifies the trail',
      (await askThere('audit', 'verify', '-w', workspaceThere)).problems,
      [],
    )

    expect('this system lists the same again', facts(await askHere('images', '-w', workspace)), facts(before))
    const again = await askHere('workspace', 'relink', images, '-w', workspace)
    expect('this system finds them again', [again.found.length, again.missing.length], [6, 0])
    expect(
      'this system finds no problem',
      (await askHere('workspace', 'check', '-w', workspace)).problems,
      [],
    )
    expect('this system verifies the trail', (await askHere('audit', 'verify', '-w', workspace)).problems, [])
  })
