// @ts-check
/**
 * Builds the addon with AddressSanitizer and runs the native tests against it (Linux, GCC or Clang):
 *
 *     node test/native/asan.mjs
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { buildNative } from '../../electron/setup/native.mjs'

const root = path.resolve(import.meta.dirname, '..', '..')
await buildNative({ log: (line) => console.log(line), variant: 'asan' })

// Node itself is not instrumented, so the sanitizer's library must be loaded before the addon.
const compiler = process.env['CXX'] ?? 'c++'
const names = ['libasan.so', `libclang_rt.asan-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so`]
const library = names
  .map((name) => spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim())
  .find((file) => path.isAbsolute(file) && existsSync(file))
if (library === undefined)
  throw new Error(`${compiler} has no AddressSanitizer library (${names.join(', ')}).`)

const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'native', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      LD_PRELOAD: library,
      LOBULE_NATIVE_ADDON: path.join(root, 'native', 'build', 'asan', 'lobule-native.node'),
      // Node deliberately keeps memory at exit, and V8 handles segmentation faults itself.
      ASAN_OPTIONS: 'detect_leaks=0:handle_segv=0:abort_on_error=1:allocator_may_return_null=1',
    },
  },
)
process.exitCode = status ?? 1
