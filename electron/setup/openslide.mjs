// @ts-check
/**
 * OpenSlide's library (LGPL-2.1), which reads the slides of most scanners. It is a file of its own beside Lobule, with its licences, and may be
 * replaced. engine/image/openslide.ts loads it from where this puts it, and electron-builder takes it from there.
 */
import { inRoot } from './shared.mjs'
import { ensureBundled } from './bundled-files.mjs'

const version = '4.0.1.2'

/** By platform and processor. @type {Readonly<Record<string, { tag: string, wheelSha256: string, file: string, fileSha256: string }>>} */
const wheels = {
  'linux x64': {
    tag: 'manylinux_2_28_x86_64',
    wheelSha256: '8ac4aa3a2277ed5e218ca0019db65bdd6e853f865eb4edd3da00e2f4acf0c923',
    file: 'libopenslide.so.1',
    fileSha256: '552b5b77901bc9c7e7cc6e02a0b4f2861ffa85572b036a063db4f19ed2f357df',
  },
  'linux arm64': {
    tag: 'manylinux_2_28_aarch64',
    wheelSha256: '0dff14807e1b7ccfd476ca5b6945edf46908b76ec61777d35acb2a514e205c30',
    file: 'libopenslide.so.1',
    fileSha256: '71ee1bc265a5322a8d83a811faedd3473483a4c8e810e9725897830b01e56639',
  },
  'darwin x64': {
    tag: 'macosx_11_0_universal2',
    wheelSha256: '230cdb1e2cfa88b9f28ca8f51a7b47065b20a855ad3e7ba141cd663e5a713e8c',
    file: 'libopenslide.1.dylib',
    fileSha256: 'f31fd20609d00b0348d66b08dd5cded12bd7ae0d312aa357e5e556a87dc546f2',
  },
  'win32 x64': {
    tag: 'win_amd64',
    wheelSha256: '0c882f0693e4b43e187a51469bff8057de381e865765ac5508a7e1feba319116',
    file: 'libopenslide-1.dll',
    fileSha256: 'dc8e35ad0ce001c4e878f2bebc23e87fb85d2bdebec5a542af2ecec3cb5cd635',
  },
}

/**
 * What is fetched for a platform; null: OpenSlide has no library for it.
 * @param {string} platform
 * @param {string} processor
 * @returns {import('./bundled-files.mjs').Bundled | null}
 */
export function openSlideFor(platform, processor) {
  // The library for macOS is for both processors.
  const wheel = wheels[`${platform} ${platform === 'darwin' ? 'x64' : processor}`]
  if (wheel === undefined) return null
  const { tag, wheelSha256, file, fileSha256 } = wheel
  return {
    title: 'OpenSlide',
    without: 'cannot read the slides of most scanners',
    requirement: `openslide-bin==${version}`,
    platform: tag,
    wheel: `openslide_bin-${version}-py3-none-${tag}.whl`,
    wheelSha256,
    file: `openslide_bin/${file}`,
    fileSha256,
    licences: [{ from: `openslide_bin-${version}.dist-info/licenses`, to: 'licences' }],
    folder: inRoot('resources', 'openslide'),
  }
}

/** @param {import('./shared.mjs').Log} log */
export async function ensureOpenSlide(log) {
  const bundled = openSlideFor(process.platform, process.arch)
  return bundled !== null && ensureBundled(log, bundled)
}
