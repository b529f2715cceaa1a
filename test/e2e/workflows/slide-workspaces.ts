import { cpSync } from 'node:fs'
import type { SlideAnalysis } from '../../../electron/contract/index.ts'
import { lobuleJson } from '../../support/run-lobule.ts'
import type { twoWorkspaces } from './two-workspaces.ts'

/** What an analysis found, without when, how fast and where in the list. */
type Found = Pick<SlideAnalysis, 'mapSha256' | 'summary' | 'places' | 'grid'>

/** Two workspaces, `here` and `spread`, with the same model and the same synthetic slide of 1.7 x 1.3 mm. */
export async function slideWorkspaces({ at, home }: Awaited<ReturnType<typeof twoWorkspaces>>): Promise<{
  analyse: (name: string) => Promise<Found>
  planSlides: (name: string, plan: string) => Promise<unknown>
}> {
  const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
  const slide = at('slide.tif')
  await json('demo', '--slide', '--out', slide, '--width', '4000', '--height', '3000')
  await json('init', '--workspace', at('here'))
  await json('import', at('images'), '--workspace', at('here'), '--labels', 'folder')
  const set = ['folds=2', 'augmentations=1', 'crops=96', 'cropCount=4', 'classifier=logistic']
  const training = ['--recipe', 'quick', '--set', ...set, '--group-by', 'image', '--use', '--name', 's']
  await json('train', '--workspace', at('here'), ...training)
  await json('import', slide, '--workspace', at('here'), '--labels', 'none')
  cpSync(at('here'), at('spread'), { recursive: true })
  const settings = [slide, '--model', 's', '--stride', '84']
  return {
    analyse: async (name) => {
      const analysing = ['slides', 'analyse', ...settings, '--workspace', at(name)]
      const { analyses } = await json<{ analyses: SlideAnalysis[] }>(...analysing)
      const [found] = analyses
      if (found === undefined) throw new Error('the slide was not analysed')
      const { mapSha256, summary, places, grid } = found
      return { mapSha256, summary, places, grid }
    },
    planSlides: (name, plan) =>
      json('slides-plan', ...settings, '--workspace', at(name), '--backend', 'cpu', '--out', plan),
  }
}
