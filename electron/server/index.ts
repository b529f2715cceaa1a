export { openBrowser } from './open-browser.ts'
export { picturePrefix, startServer, type RunningServer } from './serve.ts'
