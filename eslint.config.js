import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import { importX } from 'eslint-plugin-import-x'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import { mayImport } from './electron/setup/layers.mjs'
import { notYetClean, plainWords } from './electron/setup/plain-words.mjs'

const rooms = Object.keys(mayImport)
const zones = Object.entries(mayImport).map(([room, allowed]) => ({
  target: `./${room}`,
  from: [...rooms.filter((other) => other !== room && !allowed.includes(other)), 'test'].map(
    (other) => `./${other}`,
  ),
  message: `${room} <- ${allowed.join(', ') || 'packages only'}`,
}))

const only = (files, paths) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { paths }] },
})
const electronOnly = { name: 'electron', message: 'Only main and preload import electron.' }
const sqliteOnly = { name: 'better-sqlite3', message: 'Only the store speaks SQL.' }

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'native/build/', 'test/output/', 'node_modules/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        // The same for every file: where it changes from one file to the next, all types are read again.
        extraFileExtensions: ['.svelte'],
      },
      globals: globals.node,
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser },
      globals: globals.browser,
    },
  },
  only(
    [
      'electron/{contract,base,report,engine,compute,queue,session,features,application,server,cli}/**/*.ts',
      'renderer/**',
    ],
    [electronOnly, sqliteOnly],
  ),
  only(['electron/store/**/*.ts'], [electronOnly]),
  only(['electron/{main,preload}/**/*.ts'], [sqliteOnly]),
  {
    plugins: { lobule: plainWords },
    rules: { 'lobule/plain-words': 'error' },
    ignores: [
      'electron/setup/plain-words.mjs',
      'test/unit/setup/plain-words.test.ts',
      ...notYetClean.map((room) => `${room}**`),
    ],
  },
  {
    files: ['**/*.js', '**/*.mjs', '*.config.ts'],
    ...tseslint.configs.disableTypeChecked,
  },
)
