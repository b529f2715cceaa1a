import { Window } from 'happy-dom'
import { expect, it } from 'vitest'
import { policyRules } from '../../../../electron/contract/index.ts'
import { policyTemplates } from '../../../../electron/features/policy/admx.ts'

const templates = policyTemplates()
const parse = (text: string) => {
  const { DOMParser } = new Window()
  return new DOMParser().parseFromString(text, 'application/xml')
}
const [admx, adml] = [parse(templates['lobule.admx']), parse(templates['en-US/lobule.adml'])]
const all = (of: typeof admx, selector: string) => [...of.querySelectorAll(selector)]

it('has a group policy for each rule, which writes the value that the program reads', () => {
  const policies = all(admx, 'policy')
  expect(policies.map((policy) => policy.getAttribute('name'))).toEqual(Object.keys(policyRules))
  for (const policy of policies) {
    const name = policy.getAttribute('name')
    expect(policy.getAttribute('key')).toBe('SOFTWARE\\Policies\\Lobule')
    expect(policy.getAttribute('class')).toBe('Machine')
    const value =
      policy.getAttribute('valueName') ?? policy.querySelector('elements > *')?.getAttribute('valueName')
    expect(value).toBe(name)
  }
})

it('has each text and each presentation that it names, and no other', () => {
  const named = [...templates['lobule.admx'].matchAll(/\$\((string|presentation)\.(\w+)\)/g)]
  const of = (kind: string) =>
    [...new Set(named.flatMap(([, which, id]) => (which === kind ? [id] : [])))].toSorted()
  const ids = (selector: string) =>
    all(adml, selector)
      .map((one) => one.getAttribute('id'))
      .toSorted()
  expect(ids('stringTable > string')).toEqual(of('string'))
  expect(ids('presentationTable > presentation')).toEqual(of('presentation'))
})

it('has the limits and choices of the rules', () => {
  const days = admx.querySelector('decimal[id="backupKeepDays"]')
  expect([days?.getAttribute('minValue'), days?.getAttribute('maxValue')]).toEqual(['1', '365'])
  const choices = all(admx, 'enum[id="backupEvery"] > item > value > string').map(
    ({ textContent }) => textContent,
  )
  expect(choices).toEqual(['day', 'week'])
})

it('escapes what XML would read as its own', () => {
  expect(templates['en-US/lobule.adml']).toContain('&quot;lobule serve&quot;')
  expect(templates['en-US/lobule.adml']).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/)
})
