export { openBrowser } from './open-browser.ts'
export { newPicturePrefix, startServer, type RunningServer } from './serve.ts'
