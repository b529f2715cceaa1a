import {
  AppError,
  type AuditEventView,
  type AuditFilter,
  type AuditVerification,
  type Handlers,
} from '../../../../electron/contract/index.ts'

const readers = ['Anna', 'Ben']
const classes = ['Normal', 'Benign', 'InSitu', 'Invasive']
const begunAt = Date.UTC(2026, 0, 5, 8)

const hashOf = (id: number): string =>
  (id * 2_654_435_761).toString(16).padStart(16, 'c').repeat(4).slice(0, 64)
const at = (id: number): string => new Date(begunAt + id * 61_000).toISOString()
const image = (id: number) => ({
  type: 'image',
  id,
  name: `case${Math.ceil(id / 3)}-field${((id - 1) % 3) + 1}.png`,
})

/** A made-up trail: labels of 48 images in turn, with other events between them. */
function eventOf(id: number): AuditEventView {
  const shared = { id, at: at(id), hash: hashOf(id), reason: null, before: null }
  const reader = readers[id % 2] ?? null
  if (id === 1) {
    const after = { images: 0, labels: 0, lastLabelId: 0, labelsSha256: hashOf(0) }
    const reason = 'The audit trail begins here. What was there before it is pinned by its hash.'
    return {
      ...shared,
      kind: 'chain',
      reader: null,
      object: { type: 'workspace', id: null, name: null },
      after,
      reason,
    }
  }
  if (id > 100 && id <= 112)
    // One press of a key on twelve images.
    return {
      ...shared,
      at: at(112),
      kind: id % 3 === 0 ? 'override' : 'label',
      reader: 'Anna',
      object: image(id - 90),
      after: { class: 'Benign', comment: null, label: id, suggested: null, sha256: hashOf(id + 5) },
      step: 7,
    }
  if (id % 97 === 0) {
    return {
      ...shared,
      kind: 'promotion',
      reader,
      object: { type: 'model', id: 2, name: 'model-2' },
      before: { inUse: 'first look' },
      after: { inUse: 'model-2', promotion: id / 97 },
      reason: 'Fewer in situ carcinomas missed at the same specificity.',
    }
  }
  if (id % 41 === 0) {
    const report = { imported: 48, duplicates: 0, found: 0, labelled: 48, failed: 2 }
    const object = { type: 'job', id: id / 41, name: 'Import images' }
    return {
      ...shared,
      kind: 'import',
      reader,
      object,
      after: { state: 'done', report, reportSha256: hashOf(3) },
    }
  }
  const is = classes[(id * 7) % 4] ?? 'Normal'
  const suggested = classes[(id * 7 + (id % 5 === 0 ? 1 : 0)) % 4] ?? 'Normal'
  return {
    ...shared,
    kind: is === suggested ? 'label' : 'override',
    reader,
    object: image((id % 48) + 1),
    before: id < 50 ? null : { class: classes[(id * 5) % 4], label: id - 48, reader, comment: null },
    after: {
      class: is,
      comment: id % 11 === 0 ? 'mitoses at the edge' : null,
      label: id,
      suggested,
      sha256: hashOf(id + 5),
    },
  }
}

const fits = (event: AuditEventView, { kinds, reader, imageId, text, from, to }: AuditFilter): boolean =>
  (kinds === null || (kinds as readonly string[]).includes(event.kind)) &&
  (reader === null || event.reader === reader) &&
  (imageId === null || (event.object.type === 'image' && event.object.id === imageId)) &&
  (text === null || JSON.stringify(event).toLowerCase().includes(text.toLowerCase())) &&
  (from === null || event.at >= from) &&
  (to === null || event.at <= to)

const isAny = ({ kinds, reader, imageId, text, from, to }: AuditFilter): boolean =>
  [kinds, reader, imageId, text, from, to].every((part) => part === null)

type Files = Pick<
  Handlers,
  | 'audit.list'
  | 'audit.verify'
  | 'audit.accept'
  | 'audit.state'
  | 'audit.export'
  | 'case.report'
  | 'worklist.export'
>

/** The calls of the audit screen, and its exports. */
export function auditHandlers(
  options: () => { auditEvents: number; isTampered: boolean; isOlderCopy: boolean },
): Files {
  let isAccepted = false
  const verify = (holdsNoted: boolean | null): AuditVerification => {
    const { auditEvents: events, isTampered, isOlderCopy } = options()
    const problems: AuditVerification['problems'] = [
      ...(holdsNoted !== false
        ? []
        : [
            {
              kind: 'head' as const,
              eventId: events,
              message: 'The hash that was noted down is not in this audit trail.',
            },
          ]),
      ...(isOlderCopy && !isAccepted
        ? [
            {
              kind: 'known' as const,
              eventId: null,
              message: `This computer last saw event ${events + 30} with the hash 5f2c1d9a77e0…, which this audit trail does not hold; it ends with event ${events}. Events were removed or rewritten, or this is an older copy of the workspace.`,
            },
          ]
        : []),
      ...(isTampered
        ? [
            {
              kind: 'chain' as const,
              eventId: events - 4,
              message: `Event ${events - 4} (label, ${at(events - 4)}, Anna), or the hash of the event before it, is not what was written.`,
            },
          ]
        : []),
    ]
    const whole = problems.length === 0
    const sentence = whole ? `The audit trail is whole: ${events} events.` : 'The audit trail is broken.'
    const verifiedAt = new Date().toISOString()
    return {
      whole,
      events,
      head: hashOf(events),
      holdsNoted,
      problems,
      sentence,
      verifiedAt,
      durationMs: 412,
    }
  }
  return {
    'audit.list': ({ filter, olderThan, limit }) => {
      const { auditEvents: events } = options()
      const newest = Math.min(events, (olderThan ?? events + 1) - 1)
      const found: AuditEventView[] = []
      for (let id = newest; id > 0 && found.length < limit; id--) {
        const event = eventOf(id)
        if (fits(event, filter)) found.push(event)
      }
      const all = Array.from({ length: events }, (_, index) => index + 1)
      const total = isAny(filter) ? events : all.filter((id) => fits(eventOf(id), filter)).length
      return { events: found, total, readers }
    },
    'audit.verify': ({ head }) => verify(head === null ? null : head === hashOf(options().auditEvents)),
    'audit.accept': () => {
      isAccepted = true
      return verify(null)
    },
    'audit.state': () => verify(null),
    'audit.export': ({ path, replace }) => {
      if (path.endsWith('old.csv') && !replace) throw new AppError('path.exists', { path })
      const { auditEvents: events } = options()
      return { path, events, head: hashOf(events) }
    },
    'case.report': ({ path, imageIds }) => ({ path, images: imageIds?.length ?? 3 }),
    'worklist.export': ({ path, imageIds }) => ({ path, images: imageIds?.length ?? 0 }),
  }
}
