// @ts-check
/**
 * The words that this project does not use, and the rule that finds them in comments, strings and declared names.
 * docs/glossary.md gives the terms to use instead. The linter applies the rule; `unplainLines` applies the same list to
 * what it does not read: documents, C++, YAML and HTML.
 */
import { readFileSync } from 'node:fs'
import { inRoot, projectFiles } from './shared.mjs'

/** @typedef {{ pattern: RegExp, use: string }} Word */

/** @type {readonly Word[]} */
export const words = [
  { pattern: /\banew\b/i, use: 'again' },
  { pattern: /\bforet(?:ell|old)\w*|\bforese(?:e|en|es|eing)\b/i, use: 'estimate, expect' },
  { pattern: /\bwhoever\b/i, use: 'the reader who, anyone who' },
  { pattern: /\b(?:nobody|somebody|everybody)\b/i, use: 'no one, a reader, all readers' },
  { pattern: /\bof which\b/i, use: 'a clause of its own' },
  { pattern: /\bsuch as get\b/i, use: 'those that get' },
  { pattern: /\b(?:number|page|value)\b[\w ]* is none(?!\s+\w)/i, use: 'enter a ...' },
  { pattern: /\bas at the start\b/i, use: 'default' },
  { pattern: /\bg[ia]ves? way\b|\bgiveWay\b/i, use: 'priority, lowerPriority' },
  { pattern: /\bfewAtOnce\b/, use: 'mapWithConcurrency' },
  { pattern: /\bisBrief\b/, use: 'isInteractive' },
  { pattern: /\b(?:is|are|was|were|be) told\b/i, use: 'is given, receives' },
  { pattern: /\blies (?:in|at|on|over|beside|outside|there)\b/i, use: 'is in, is stored in' },
  { pattern: /\bstands? (?:in|at|for|on|beside|there)\b/i, use: 'is in, represents' },
  { pattern: /\b(?:is|are|was|were) asked (?:of|with|for)\b/i, use: 'is requested, is called with' },
  { pattern: /\bsaid (?:nothing|of)\b|\bsays? of\b/i, use: 'has no label, reports' },
  { pattern: /\btak(?:e|es|en|ing) (?:up again|back)\b|\btook back\b/i, use: 'resume, undo' },
  { pattern: /\bpass(?:ed|es|ing)? over\b/i, use: 'skip, ignore' },
]

/** Constants for a limit: `mostBytes`, `leastCases`. @type {readonly Word[]} */
export const names = [{ pattern: /^(?:most|least)[A-Z]/, use: 'max..., min...' }]

/** Rooms that still have such words. A room that is cleaned leaves this list; it only gets shorter. */
export const notYetClean = [
  // SQL of shipped migrations, which is never edited.
  'electron/store/migrations/',
  'test/e2e/page/regions.test.ts',
]

/**
 * The first word of a text that the list has, and what to use instead; null: the text is fine.
 * @param {string} text
 * @param {readonly Word[]} [list]
 */
export function unplain(text, list = words) {
  for (const { pattern, use } of list) {
    const found = pattern.exec(text)
    if (found !== null) return { found: found[0], use }
  }
  return null
}

const unlinted = /\.(?:md|cc|h|yml|html)$/
const glossary = 'docs/glossary.md'

/** The project's texts that the linter does not read; the glossary itself has all the words. */
export const documents = () =>
  projectFiles().filter(
    (path) => unlinted.test(path) && path !== glossary && !notYetClean.some((room) => path.startsWith(room)),
  )

/**
 * The lines of files that have a word of the list, with the place and what to use instead.
 * @param {readonly string[]} paths from the project's root
 * @param {(path: string) => string} [read]
 */
export const unplainLines = (paths, read = (path) => readFileSync(inRoot(path), 'utf8')) =>
  paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => {
        const problem = unplain(line)
        return problem === null ? [] : [`${path}:${index + 1}: "${problem.found}": use ${problem.use}`]
      }),
  )

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  meta: {
    type: 'suggestion',
    messages: { unplain: '"{{found}}": use {{use}} (docs/glossary.md)' },
    schema: [],
  },
  create(context) {
    /** @param {any} node @param {string} text @param {readonly Word[]} [list] */
    const check = (node, text, list) => {
      const problem = unplain(text, list)
      if (problem !== null) context.report({ loc: node.loc, messageId: 'unplain', data: problem })
    }
    /** @param {any} node */
    const declared = (node) => check(node, node.name, [...words, ...names])
    const declarations = [
      'VariableDeclarator > Identifier.id',
      'FunctionDeclaration > Identifier.id',
      'ClassDeclaration > Identifier.id',
      'MethodDefinition > Identifier.key',
      'PropertyDefinition > Identifier.key',
      'TSPropertySignature > Identifier.key',
    ]
    return {
      Program: () => context.sourceCode.getAllComments().forEach((comment) => check(comment, comment.value)),
      Literal: (/** @type {any} */ node) => typeof node.value === 'string' && check(node, node.value),
      TemplateElement: (/** @type {any} */ node) => check(node, node.value.raw),
      SvelteText: (/** @type {any} */ node) => check(node, node.value),
      SvelteHTMLComment: (/** @type {any} */ node) => check(node, node.value),
      [declarations.join(', ')]: declared,
    }
  },
}

export const plainWords = { rules: { 'plain-words': rule } }
