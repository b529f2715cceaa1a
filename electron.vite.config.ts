import { readFileSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { isRendererMissing, picturesFolder, readDocuments } from './electron/setup/documents.mjs'

/** Puts the guide and the documents that it links to beside the page, as data and pictures. */
const documents: Plugin = {
  name: 'documents',
  async generateBundle() {
    if (isRendererMissing()) {
      this.warn('The page is built without its guide, because a package is missing: run npm run setup.')
      return
    }
    const { documents, pictures } = await readDocuments('docs')
    this.emitFile({ type: 'asset', fileName: 'documents.json', source: JSON.stringify(documents) })
    for (const name of pictures)
      this.emitFile({
        type: 'asset',
        fileName: `${picturesFolder}/${name}`,
        source: readFileSync(`docs/images/${name}`),
      })
  },
}

/** Three targets: Node (desktop, command line, compute process), the bridge, the page. */
export default defineConfig({
  main: {
    // The kernels for TensorFlow use only this part of tfjs; the whole package would bring 140 MB into an installer. Its classes are
    // functions here: the kernels' own are, and cannot extend others.
    resolve: {
      alias: [
        { find: /^@tensorflow\/tfjs(-core)?$/, replacement: '@tensorflow/tfjs-core/dist/tf-core.node.js' },
      ],
    },
    build: {
      outDir: 'out/main',
      // The command line runs on the project's own Node, which is older than Electron's.
      target: 'node22',
      rollupOptions: {
        input: {
          index: 'electron/main/index.ts',
          lobule: 'electron/cli/process.ts',
          compute: 'electron/compute/process.ts',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { bridge: 'electron/preload/bridge.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [svelte(), documents],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      // A window shows nothing before its script is read and compiled: 1.6 MB instead of 3.9.
      minify: true,
      rollupOptions: {
        input: 'renderer/index.html',
        // A user who starts the program for the first time has no use for them.
        checks: { bundlerTimings: false },
      },
    },
  },
})
