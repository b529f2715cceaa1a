// @ts-check
/**
 * Known vulnerabilities of what an installer ships, and what they mean for Lobule (OpenVEX 0.2.0). Each is looked at
 * for one version of a component; a test fails once the lock file has another one, so that it is looked at again.
 */

/** @typedef {import('./sbom.mjs').Bill} Bill */
/**
 * @typedef {object} Finding
 * @property {string} name of the vulnerability
 * @property {string} component by its name
 * @property {string} version the one that was looked at
 * @property {'not_affected' | 'fixed' | 'affected' | 'under_investigation'} status
 * @property {string} [justification] one of OpenVEX's, of `not_affected`
 * @property {string} [action] of `affected`
 * @property {string} notes how the status was found
 */

const tar = {
  ...{ component: 'tar', version: '6.2.1', status: /** @type {const} */ ('not_affected') },
  justification: 'component_not_present',
  notes:
    'tar is needed by the installation script of @tensorflow/tfjs-node-gpu, which Lobule never runs. The build takes only its kernels: no file of tar is in the program. Backups are written and read by code of Lobule.',
}

/** @type {readonly Finding[]} */
export const findings = [
  { name: 'CVE-2026-23745', ...tar },
  { name: 'CVE-2026-26960', ...tar },
  {
    ...{ name: 'CVE-2023-4863', component: 'webp', version: '1.6.0', status: 'fixed' },
    notes: 'libwebp 1.3.2 and newer have the correction; libvips contains 1.6.0.',
  },
]

/**
 * @param {Bill} bill
 * @throws {Error} for a finding whose component the bill has not in that version
 */
export function openVex({ name, version, created, components }) {
  const product = `pkg:generic/${name}@${version}`
  const statements = findings.flatMap((finding) => {
    const ofName = components.filter((component) => component.name === finding.component)
    // The libraries inside libvips are known only where its package is installed.
    if (ofName.length === 0 && finding.component === 'webp') return []
    const found = ofName.filter((component) => component.version === finding.version)
    if (found.length === 0)
      throw new Error(
        `${finding.name} was looked at for ${finding.component} ${finding.version}, which is no longer there. Look at it again (electron/setup/vulnerabilities.mjs).`,
      )
    const ids = [...new Set(found.flatMap(({ purl }) => (purl === null ? [] : [purl])))]
    return [
      {
        vulnerability: { name: finding.name },
        timestamp: created,
        products: [{ '@id': product, subcomponents: ids.map((id) => ({ '@id': id })) }],
        status: finding.status,
        status_notes: finding.notes,
        ...(finding.justification === undefined ? {} : { justification: finding.justification }),
        ...(finding.action === undefined ? {} : { action_statement: finding.action }),
      },
    ]
  })
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://lobule.invalid/vex/${name}-${version}`,
    author: 'The Lobule authors',
    timestamp: created,
    version: 1,
    statements,
  }
}
