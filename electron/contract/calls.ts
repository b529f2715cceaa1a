import { z } from 'zod'
import { appCalls } from './app.ts'
import { assignmentCalls } from './assignments.ts'
import { auditCalls } from './audit.ts'
import { backupCalls } from './backup.ts'
import { caseReportCalls } from './case-report.ts'
import { cropCalls } from './crops.ts'
import { descriptorCalls } from './descriptors.ts'
import { dropCalls } from './drops.ts'
import { encoderCalls } from './encoders.ts'
import { errorViewSchema } from './error-view.ts'
import { exchangeCalls } from './exchange.ts'
import { evaluationCalls } from './evaluation.ts'
import { explanationCalls } from './explanation.ts'
import { imageProcessingCalls } from './image-processing.ts'
import { imageCalls } from './images.ts'
import { installableBackendCalls } from './installable-backends.ts'
import { jobCalls } from './jobs.ts'
import { labelCalls } from './labels.ts'
import { checklistCalls } from './checklists.ts'
import { leakCalls } from './leaks.ts'
import { modelPackageCalls } from './model-package.ts'
import { modelCalls } from './models.ts'
import { predictionCalls } from './predictions.ts'
import { qualityCalls } from './quality.ts'
import { readerCalls } from './readers.ts'
import { recipeCalls } from './recipe.ts'
import { regionCalls } from './regions.ts'
import { shardCalls } from './shards.ts'
import { slideCalls } from './slide-analysis.ts'
import { slideOutputCalls } from './slide-outputs.ts'
import { slideThresholdCalls } from './slide-threshold.ts'
import { slideTissueCalls } from './slide-tissue.ts'
import { stainCalls } from './stain.ts'
import { testSetCalls } from './test-sets.ts'
import { undoCalls } from './undo.ts'
import { userCalls } from './users.ts'
import { workspaceCalls } from './workspace.ts'

/** Every call of the application; the window, the browser and the command line use exactly these. */
export const calls = {
  ...appCalls,
  ...workspaceCalls,
  ...imageCalls,
  ...dropCalls,
  ...labelCalls,
  ...readerCalls,
  ...assignmentCalls,
  ...exchangeCalls,
  ...regionCalls,
  ...encoderCalls,
  ...installableBackendCalls,
  ...descriptorCalls,
  ...shardCalls,
  ...recipeCalls,
  ...modelCalls,
  ...modelPackageCalls,
  ...testSetCalls,
  ...predictionCalls,
  ...explanationCalls,
  ...slideCalls,
  ...slideOutputCalls,
  ...slideThresholdCalls,
  ...slideTissueCalls,
  ...evaluationCalls,
  ...checklistCalls,
  ...leakCalls,
  ...stainCalls,
  ...cropCalls,
  ...qualityCalls,
  ...imageProcessingCalls,
  ...caseReportCalls,
  ...auditCalls,
  ...backupCalls,
  ...jobCalls,
  ...undoCalls,
  ...userCalls,
}

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>

/** One function for each call; a missing one does not compile. */
export type Handlers = {
  [N in CallName]: (input: z.output<Calls[N]['input']>) => Promise<CallOutput<N>> | CallOutput<N>
}

/** What every entry point returns for a call: Electron transmits only an error's message. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: errorViewSchema }),
])
export type Answer = z.infer<typeof answerSchema>

/** Brings a call's answer over a socket; frames with the beginning of a list come before one that is long. */
export type AnswerFrame<Id> = { id: Id; items: unknown[] } | { id: Id; answer: Answer }

/** The whole answer to a call, whose list began with these items. */
export function wholeAnswer(items: readonly unknown[], answer: Answer): Answer {
  if (!answer.ok || items.length === 0) return answer
  return { ok: true, value: [...items, ...(answer.value as unknown[])] }
}

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name)
