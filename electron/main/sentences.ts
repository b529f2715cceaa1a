import type {
  AboutPanelOptionsOptions,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  OpenDialogOptions,
} from 'electron'
import {
  backupEndings,
  imageExtensions,
  packageEndings,
  researchUseSentence,
  type CallInput,
} from '../contract/index.ts'

/** Options of the system's file dialog, by what is chosen. */
export function chooseOptions(kind: CallInput<'dialog.choose'>['kind']): OpenDialogOptions {
  const withoutDot = (ending: string): string => ending.slice(1)
  const extensions = imageExtensions.map(withoutDot)
  const allFiles = { name: 'All files', extensions: ['*'] }
  switch (kind) {
    case 'folder':
      return { title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] }
    case 'files':
      return {
        title: 'Choose images',
        properties: ['openFile', 'multiSelections'],
        filters: [{ name: 'Images', extensions }, allFiles],
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
        filters: [{ name: 'Model packages', extensions: packageEndings.map(withoutDot) }, allFiles],
      }
    case 'backup':
      return {
        title: 'Choose a backup',
        properties: ['openFile'],
        filters: [{ name: 'Backups', extensions: backupEndings.map(withoutDot) }, allFiles],
      }
    case 'readings':
      return {
        title: 'Choose a file of readings',
        properties: ['openFile'],
        filters: [{ name: 'Readings', extensions: ['jsonl'] }, allFiles],
      }
    case 'weights':
      return {
        title: 'Choose weight files',
        properties: ['openFile', 'multiSelections'],
        filters: [{ name: 'Weight files', extensions: ['h5', 'hdf5', 'pth'] }, allFiles],
      }
  }
}

/** Shown when the packaged program was started with a parameter that it refuses. */
export const refusedParameterText = (parameter: string): string =>
  `The parameter ${parameter} could let another program look into Lobule or change it. Start Lobule without it.`

/** Shown when the page's process has crashed; button 0 loads the page again. */
export const pageGoneQuestion = (reason: string): MessageBoxOptions => ({
  type: 'error',
  title: 'Lobule',
  message: `The page of Lobule stopped (${reason}).`,
  detail: 'Nothing that was saved is lost, and running jobs continue.',
  buttons: ['Load it again', 'Quit'],
  defaultId: 0,
  cancelId: 1,
})

/** Shown when the page does not respond; button 1 loads it again. */
export const pageHangsQuestion: MessageBoxOptions = {
  type: 'warning',
  title: 'Lobule',
  message: 'The page of Lobule does not respond.',
  detail: 'Nothing that was saved is lost, and running jobs continue.',
  buttons: ['Wait', 'Load it again'],
  defaultId: 0,
  cancelId: 0,
}

export const aboutPanel = (version: string, icon: string | null): AboutPanelOptionsOptions => ({
  ...(icon === null ? {} : { iconPath: icon }),
  applicationName: 'Lobule',
  applicationVersion: version,
  // The one field that every platform shows.
  copyright: researchUseSentence,
})

/** The menu bar; developer tools only if they are allowed. */
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
