/** An element of an SVG picture as data, so that a file can hold it as markup and the page can render it as elements. */
export interface SvgElement {
  tag: string
  attributes: Readonly<Record<string, string | number>>
  children: readonly (SvgElement | string)[]
}

export const svg = (
  tag: string,
  attributes: SvgElement['attributes'],
  ...children: SvgElement['children']
): SvgElement => ({ tag, attributes, children })

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made safe for an element or a quoted attribute, whatever characters a file, case or class name contains. */
export const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? '')

/** An element as markup; texts and attribute values are escaped. */
export function svgMarkup({ tag, attributes, children }: SvgElement): string {
  const written = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value))}"`)
    .join('')
  const content = children
    .map((child) => (typeof child === 'string' ? escapeMarkup(child) : svgMarkup(child)))
    .join('')
  return `<${tag}${written}>${content}</${tag}>`
}
