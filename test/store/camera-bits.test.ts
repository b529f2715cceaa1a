import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  canSetCameraBits,
  getImage,
  openWorkspace,
  setMissingCameraBits,
} from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-camera-'))))
afterEach(() => rmSync(root, { recursive: true }))

it('opens a workspace of format 24, whose images are read as before, and sets the bits once', () => {
  const flags = `INSERT INTO image_flags (image_id, flags, at) VALUES (2, '[]', '${oldTime}');`
  const store = openWorkspace(oldWorkspace(root, 24, oldImage(1) + oldImage(2) + flags), 'test')
  const { database } = store
  expect(getImage(database, 1)).not.toHaveProperty('cameraBits')
  expect(canSetCameraBits(database, 1)).toBe(true)
  expect(setMissingCameraBits(database, 1, 12)).toBe(true)
  expect(getImage(database, 1).cameraBits).toBe(12)
  expect(setMissingCameraBits(database, 1, 14)).toBe(false)
  // Something was computed from the second image.
  expect(setMissingCameraBits(database, 2, 12)).toBe(false)
  expect(getImage(database, 2)).not.toHaveProperty('cameraBits')
  const events = database.prepare("SELECT * FROM audit_events WHERE kind = 'import'").all()
  expect(events).toHaveLength(1)
  expect(JSON.stringify(events)).toContain('cameraBits')
  expect(() => database.prepare('UPDATE images SET camera_bits = 11').run()).toThrow()
  store.close()
})
