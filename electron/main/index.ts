import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess } from 'electron'
import { homeDirectory } from '../session/home-directory.ts'
import { startDesktop } from './desktop.ts'

const built = join(import.meta.dirname, '..')

startDesktop(
  { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess },
  {
    homeDirectory: homeDirectory(),
    rendererDirectory: join(built, 'renderer'),
    preload: join(built, 'preload', 'bridge.cjs'),
    computeScript: join(built, 'main', 'compute.js'),
    parameters: process.argv.slice(1),
    platform: process.platform,
  },
)
