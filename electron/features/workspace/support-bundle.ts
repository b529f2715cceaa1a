import { homedir, tmpdir } from 'node:os'
import { ownAccount } from '../../base/accounts.ts'
import { exportContent, type ExportKind } from '../../base/export-file.ts'
import { newestLines } from '../../base/log.ts'
import { isBuiltIn, policyRules, type JobView, type Policy, type PolicyKey } from '../../contract/index.ts'
import { failureCounts } from '../../queue/failure-counts.ts'
import type { ServiceContext } from '../../session/context.ts'
import { examine } from './doctor.ts'
import { exportPath } from './export-path.ts'

const bundleFile: ExportKind = { what: 'a support bundle', endings: ['.txt'] }

const jobsShown = 100
const linesShown = 2000

/**
 * The text of a support bundle: what the doctor finds, settings, jobs and logs, without names of images, cases, readers,
 * classes, models or folders. A person reads it before it is written and sent.
 */
export async function supportText(context: ServiceContext): Promise<string> {
  const { compute, homeDirectory, version, settings, session } = context
  const report = await examine(compute, homeDirectory, version, false, settings.policy)
  const hide = hiding([
    [homeDirectory, '<data folder>'],
    [report.place.logFolder, '<log folder>'],
    [session.isOpen ? session.workspace.path : null, '<workspace>'],
    [tmpdir(), '<temporary folder>'],
    [homedir(), '<home>'],
    [process.cwd(), '<current folder>'],
    [ownAccount(), '<account>'],
    ...report.encoders
      .filter(({ name }) => !isBuiltIn(name))
      .flatMap(({ name, title }) => [name, title].map((text) => [text, '<own encoder>'] as const)),
  ])
  const { content, policy } = settings
  const { isPortable, policy: policySource, ...place } = report.place
  const sections: readonly (readonly [string, unknown])[] = [
    [
      'Program',
      {
        version,
        researchUse: report.researchUse,
        isReady: report.isReady,
        platform: place.platform,
        architecture: place.architecture,
        node: place.node,
        electron: place.electron,
        isPortable,
        variables: place.variables,
      },
    ],
    [
      'Checks',
      report.checks.map(({ name, status, detail }) => ({ name: hide(name), status, detail: hide(detail) })),
    ],
    [
      'Settings',
      {
        acknowledged: content.acknowledged,
        blindReaders: content.blindReaders.length,
        recentWorkspaces: content.recent.length,
        hasPolicy: policySource !== null,
        policy: policyWithoutTexts(policy.rules),
      },
    ],
    ['Jobs', session.queue.list().slice(0, jobsShown).map(jobWithoutNames)],
  ]
  const lines = place.logFolder === null ? [] : newestLines(place.logFolder, linesShown)
  return [
    `Lobule ${version}, support bundle of ${new Date().toISOString()}`,
    'It has no image and no name of an image, case, reader, class, model or folder. Read it before you send it.',
    ...sections.map(([title, value]) => `== ${title} ==\n${JSON.stringify(value, null, 2)}`),
    `== Log (newest ${lines.length} lines) ==\n${lines.join('\n')}`,
    '',
  ].join('\n\n')
}

/** @throws AppError `path.exists`, `path.not-writable`, `path.protected` */
export async function writeSupportBundle(
  context: ServiceContext,
  request: { path: string; replace: boolean },
): Promise<{ path: string; bytes: number }> {
  const path = await exportPath(context, request, bundleFile)
  const text = await supportText(context)
  await exportContent(path, text, { replace: request.replace })
  return { path, bytes: Buffer.byteLength(text) }
}

const jobWithoutNames = (job: JobView) => ({
  kind: job.kind,
  state: job.state,
  createdAt: job.createdAt,
  endedAt: job.endedAt,
  code: job.error?.code ?? null,
  failures: failureCounts(job),
})

/** Texts of a policy name folders and hosts. */
const policyWithoutTexts = (rules: Policy): Record<string, unknown> =>
  Object.fromEntries(
    (Object.entries(rules) as [PolicyKey, unknown][]).map(([key, value]) => [
      key,
      ['text', 'list'].includes(policyRules[key].kind) ? 'set' : value,
    ]),
  )

/**
 * Replaces what is known, such as folders and encoders of the laboratory, longest first, then whatever looks like a
 * path: to the end of its line, because names of folders may have any character.
 */
export function hiding(known: readonly (readonly [string | null, string])[]): (text: string) => string {
  const found = known
    .flatMap(([text, mark]) => (text === null || text.length < 2 ? [] : [{ text, mark }]))
    .toSorted((a, b) => b.text.length - a.text.length)
  return (text) =>
    found
      .reduce((changed, { text: part, mark }) => changed.replaceAll(part, mark), text)
      .replaceAll(/(?<![\w.])(?:[A-Za-z]:[\\/]|\\|\/)[^\n]+/g, '<path>')
}
