export { openBrowser } from './open-browser.ts'
export { picturePrefix, startServer, type RunningServer, type ServerOptions } from './serve.ts'
