import type { WorkspaceView } from '../../electron/contract/index.ts'

/** A workspace without classes and images, in a folder of its name. */
export const workspaceView = (name: string): WorkspaceView => ({
  path: `/${name}`,
  name,
  classes: [],
  formerClassNames: [],
  imageCount: 0,
  labelledCount: 0,
  modelCount: 0,
  isReadOnly: false,
  isInPlace: true,
  setAside: [],
})
