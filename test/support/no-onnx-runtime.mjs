// Loaded into every process of a program (NODE_OPTIONS): ONNX Runtime has no library for this system, as on a Mac with an Intel
// processor. Its package is there.
import Module from 'node:module'

const resolve = Module._resolveFilename
Module._resolveFilename = function (name, ...more) {
  if (!name.endsWith('onnxruntime_binding.node')) return resolve.call(this, name, ...more)
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
}
