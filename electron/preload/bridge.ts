import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import type { Answer, AnyEvent, Bridge } from '../contract/index.ts'

/** All that the page gets: one channel for calls, one for events. electron/main/bridge.ts uses the same names. */
const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke('lobule:call', name, input) as Promise<Answer>,
  onEvent(listener) {
    const forward = (_event: IpcRendererEvent, event: AnyEvent): void => listener(event)
    ipcRenderer.on('lobule:event', forward)
    return () => ipcRenderer.off('lobule:event', forward)
  },
  pathOf: (file) => webUtils.getPathForFile(file as File) || null,
}

contextBridge.exposeInMainWorld('lobule', bridge)
