import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

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
    plugins: [svelte()],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      rollupOptions: {
        input: 'renderer/index.html',
        // A user who starts the program for the first time has no use for them.
        checks: { bundlerTimings: false },
      },
    },
  },
})
