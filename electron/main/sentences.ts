import type {
  AboutPanelOptionsOptions,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  OpenDialogOptions,
} from 'electron'
import { imageExtensions, researchUseSentence, type CallInput } from '../contract/index.ts'

/** The system's file dialog for each kind of thing that the page can ask for. */
export function chooseOptions(kind: CallInput<'dialog.choose'>['kind']): OpenDialogOptions {
  const imageEndings = imageExtensions.map((ending) => ending.slice(1))
  const allFiles = { name: 'All files', extensions: ['*'] }
  switch (kind) {
    case 'folder':
      return { title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] }
    case 'files':
      return {
        title: 'Choose images',
        properties: ['openFile', 'multiSelections'],
        filters: [{ name: 'Images', extensions: imageEndings }, allFiles],
      }
    case 'table':
      return {
        title: 'Choose a table of labels',
        properties: ['openFile'],
        filters: [{ name: 'CSV', extensions: ['csv'] }, allFiles],
      }
    case 'package':
      return {
        title: 'Choose a model package',
        properties: ['openFile'],
        filters: [{ name: 'Model packages', extensions: ['zip'] }, allFiles],
      }
    case 'weights':
      return {
        title: 'Choose weight files',
        properties: ['openFile', 'multiSelections'],
        filters: [{ name: 'Keras weights', extensions: ['h5', 'hdf5'] }, allFiles],
      }
  }
}

/** Asked when the page's process has died; button 0 loads the page again. */
export const pageGoneQuestion = (reason: string): MessageBoxOptions => ({
  type: 'error',
  title: 'Lobule',
  message: `The page of Lobule stopped (${reason}).`,
  detail: 'Nothing that was saved is lost, and running jobs go on.',
  buttons: ['Load it again', 'Quit'],
  defaultId: 0,
  cancelId: 1,
})

/** Asked when the page does not answer; button 1 loads it again. */
export const pageHangsQuestion: MessageBoxOptions = {
  type: 'warning',
  title: 'Lobule',
  message: 'The page of Lobule does not answer.',
  detail: 'Nothing that was saved is lost, and running jobs go on.',
  buttons: ['Wait', 'Load it again'],
  defaultId: 0,
  cancelId: 0,
}

export const aboutPanel = (version: string): AboutPanelOptionsOptions => ({
  applicationName: 'Lobule',
  applicationVersion: version,
  // The one field that every platform shows.
  copyright: researchUseSentence,
})

/** The menu bar; developer tools only where they are allowed. */
export const menuTemplate = (platform: NodeJS.Platform, devTools: boolean): MenuItemConstructorOptions[] => [
  ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
  { role: 'fileMenu' },
  { role: 'editMenu' },
  {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...(devTools ? [{ role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
    ],
  },
  { role: 'windowMenu' },
  {
    role: 'help',
    submenu: [
      { label: 'About Lobule', role: 'about' },
      { label: researchUseSentence, enabled: false },
    ],
  },
]
