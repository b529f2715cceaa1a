import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'vite'
import { inRoot, projectNode } from '../../../electron/setup/shared.mjs'
import { dependenciesOf, nameOf, readLock } from '../../../electron/setup/third-party.mjs'

/** What a session with a lent machine can carry is 64 MiB. */
const maxBytes = 60e6

/** Loaded by the script and not bundled: they have libraries. */
const packages = ['onnxruntime-node', 'sharp']
/** Of ONNX Runtime's dependencies: they only download libraries when it is installed. */
const unused = new Set(['adm-zip', 'global-agent'])

const loaders = [
  '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
  '/usr/lib64/libvulkan.so.1',
  '/usr/lib/chromium/libvulkan.so.1',
]

/** Starts the benchmark. A machine may have NVIDIA's driver without the file that tells Vulkan of it, as in a container. */
const runScript = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
if [ -z "$VK_DRIVER_FILES" ] && ! ls /etc/vulkan/icd.d/*.json /usr/share/vulkan/icd.d/*.json >/dev/null 2>&1; then
  export VK_DRIVER_FILES="$here/nvidia.json"
fi
exec "$here/node" "$here/out/measure-gpu.js" --run "$@"
`
const nvidiaDriver = {
  file_format_version: '1.0.0',
  ICD: { library_path: 'libGLX_nvidia.so.0', api_version: '1.3.0' },
}

/** Makes the archive of the benchmark. @throws Error if it is too large, or something that it needs is not here */
export async function packGpuBenchmark(archive: string, vulkan: string | undefined): Promise<void> {
  if (platform() !== 'linux' || arch() !== 'x64') throw new Error('made on Linux x86-64, for Linux x86-64')
  const loader = vulkan ?? loaders.find((path) => existsSync(path))
  if (loader === undefined)
    throw new Error('no libvulkan.so.1 here: install libvulkan1, or name one by --vulkan')
  const work = mkdtempSync(join(tmpdir(), 'lobule-gpu-'))
  try {
    const folder = join(work, 'lobule-gpu')
    await bundle(join(folder, 'out'))
    copy(projectNode(), join(folder, 'node'))
    copy(loader, join(folder, 'lib', 'libvulkan.so.1'))
    copy(
      inRoot('native', 'build', 'lobule-native.node'),
      join(folder, 'native', 'build', 'lobule-native.node'),
    )
    for (const name of ['encoders', 'backends.json'])
      copy(inRoot('resources', name), join(folder, 'resources', name))
    for (const key of withDependencies(packages)) copyPackage(key, join(folder, key))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
    writeFileSync(join(folder, 'nvidia.json'), `${JSON.stringify(nvidiaDriver)}\n`)
    writeFileSync(join(folder, 'run'), runScript)
    chmodSync(join(folder, 'run'), 0o755)
    const options = { env: { ...process.env, XZ_OPT: '-6 -T2' } }
    execFileSync('tar', ['-cJf', resolve(archive), '-C', work, 'lobule-gpu'], options)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const { size } = statSync(archive)
  console.log(`${archive}: ${(size / 1e6).toFixed(1)} MB`)
  if (size > maxBytes) throw new Error(`it has more than ${maxBytes / 1e6} MB`)
}

async function bundle(outDir: string): Promise<void> {
  await build({
    root: inRoot(),
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: packages },
    resolve: {
      // As electron.vite.config.ts has it.
      alias: [
        { find: /^@tensorflow\/tfjs(-core)?$/, replacement: '@tensorflow/tfjs-core/dist/tf-core.node.js' },
      ],
    },
    build: {
      ssr: inRoot('test', 'bench', 'support', 'measure-gpu.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node22',
      copyPublicDir: false,
    },
  })
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(existsSync(from) ? realpathSync(from) : from, to, { recursive: true })
}

/** Without the libraries for other systems and for compilers. */
function copyPackage(key: string, to: string): void {
  const own = join('bin', 'napi-v6')
  cpSync(inRoot(key), to, {
    recursive: true,
    filter: (path) =>
      !path.includes(own) ||
      path.endsWith(own) ||
      path.includes(join(own, platform(), arch())) ||
      path.endsWith(join(own, platform())),
  })
}

/** The lock's paths of packages and of all that they need, as far as it is installed. */
function withDependencies(names: readonly string[]): ReadonlySet<string> {
  const lock = readLock()
  const found = new Set<string>()
  const add = (key: string): void => {
    if (found.has(key) || unused.has(nameOf(key)) || !existsSync(inRoot(key))) return
    found.add(key)
    dependenciesOf(lock, key).forEach(add)
  }
  names.forEach((name) => add(`node_modules/${name}`))
  return found
}
