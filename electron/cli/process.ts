import { runCommandLine } from './index.ts'

await runCommandLine(process.argv.slice(2))
