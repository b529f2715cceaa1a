import { policyRules, type PolicyKey } from '../../contract/index.ts'

/**
 * The administrative template of Windows for the rules of `policyRules`: a group policy for each, which writes a value
 * with the rule's name to `HKLM\SOFTWARE\Policies\Lobule` (session/registry-policy.ts reads it). Format: Microsoft's "ADMX
 * schema", revision 1.0.
 */
const key = 'SOFTWARE\\Policies\\Lobule'
const namespace = 'Lobule.Policies'
const schema = 'http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions'

const keys = Object.keys(policyRules) as PolicyKey[]
/** What every rule has, and what one of its kind may have. */
const factsOf = (name: PolicyKey): Facts => policyRules[name]
interface Facts {
  readonly kind: (typeof policyRules)[PolicyKey]['kind']
  readonly title: string
  readonly help: string
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign)
const string = (id: string, text: string): string => `      <string id="${id}">${escaped(text)}</string>`
const choiceId = (name: string, choice: string): string => `${name}_${choice}`

/** The folders of the template, as Windows' PolicyDefinitions has them, and their texts. */
export const policyTemplates = (): Readonly<Record<'lobule.admx' | 'en-US/lobule.adml', string>> => ({
  'lobule.admx': `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="${schema}" revision="1.0" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="lobule" namespace="${namespace}" />
    <using prefix="windows" namespace="Microsoft.Policies.Windows" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <categories>
    <category name="Lobule" displayName="$(string.Lobule)" />
  </categories>
  <policies>
${keys.map((name) => definitionOf(name, factsOf(name))).join('\n')}
  </policies>
</policyDefinitions>
`,
  'en-US/lobule.adml': `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="${schema}" revision="1.0" schemaVersion="1.0">
  <displayName>Lobule</displayName>
  <description>What an administrator may set for Lobule</description>
  <resources>
    <stringTable>
${[
  string('Lobule', 'Lobule'),
  ...keys.flatMap((name) => {
    const { title, help, choices = [] } = factsOf(name)
    return [
      string(name, title),
      string(`${name}_help`, help),
      ...choices.map((choice) => string(choiceId(name, choice), choice)),
    ]
  }),
].join('\n')}
    </stringTable>
    <presentationTable>
${keys.flatMap((name) => presentationOf(name, factsOf(name))).join('\n')}
    </presentationTable>
  </resources>
</policyDefinitionResources>
`,
})

function definitionOf(name: PolicyKey, { kind, choices = [], min, max }: Facts): string {
  const isSwitch = kind === 'switch'
  const attributes = [
    `name="${name}" class="Machine" displayName="$(string.${name})" explainText="$(string.${name}_help)"`,
    `key="${key}"`,
    isSwitch ? `valueName="${name}"` : `presentation="$(presentation.${name})"`,
  ].join(' ')
  const value = `id="${name}" valueName="${name}"`
  const elements = {
    switch: '',
    text: `<text ${value} required="true" maxLength="1023" />`,
    number: `<decimal ${value} minValue="${min}" maxValue="${max}" required="true" />`,
    list: `<multiText ${value} required="true" />`,
    choice: `<enum ${value} required="true">${choices
      .map(
        (choice) =>
          `<item displayName="$(string.${choiceId(name, choice)})"><value><string>${choice}</string></value></item>`,
      )
      .join('')}</enum>`,
  }[kind]
  const body = isSwitch
    ? '<enabledValue><decimal value="1" /></enabledValue><disabledValue><decimal value="0" /></disabledValue>'
    : `<elements>${elements}</elements>`
  return `    <policy ${attributes}>
      <parentCategory ref="Lobule" />
      <supportedOn ref="windows:SUPPORTED_Windows_10_0" />
      ${body}
    </policy>`
}

function presentationOf(name: PolicyKey, { kind, title }: Facts): string[] {
  const label = escaped(title)
  const box = {
    switch: null,
    text: `<textBox refId="${name}"><label>${label}</label></textBox>`,
    number: `<decimalTextBox refId="${name}" defaultValue="7">${label}</decimalTextBox>`,
    list: `<multiTextBox refId="${name}" />`,
    choice: `<dropdownList refId="${name}" noSort="true">${label}</dropdownList>`,
  }[kind]
  return box === null ? [] : [`      <presentation id="${name}">${box}</presentation>`]
}
