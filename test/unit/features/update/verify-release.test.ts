import { spawnSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { releaseKey } from '../../../../electron/features/update/release-key.ts'
import { verifyRelease, type ReleaseToVerify } from '../../../../electron/features/update/verify-release.ts'
import {
  keyInProgram,
  manifestText,
  publicKeyText,
  signedManifest,
} from '../../../../electron/setup/release-manifest.mjs'
import { inRoot } from '../../../../electron/setup/shared.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lobule-update-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const key = publicKeyText(publicKey)

const installer = Buffer.from('the installer of version 1.10.0')
const release = (version = '1.10.0'): string =>
  manifestText(version, '2026-12-01', [
    { name: 'Lobule.dmg', content: Buffer.from('another file') },
    { name: 'Lobule Setup.exe', content: installer },
  ])

/** Verifies a file with a manifest, each as given. */
async function check(
  manifest: string,
  { content = installer, ...more }: Partial<ReleaseToVerify> & { content?: Buffer } = {},
) {
  const [file, path] = [join(folder, 'renamed (1).exe'), join(folder, 'lobule-release.json')]
  writeFileSync(file, content)
  writeFileSync(path, manifest)
  return verifyRelease({ file, manifest: path, installed: '1.9.3', key, ...more })
}
const refusal = (reason: RegExp) => ({
  code: 'update.refused',
  details: { reason: expect.stringMatching(reason) as string },
})

describe('a file of a signed release', () => {
  it('is known by its content, under any name', async () => {
    expect(await check(signedManifest(release(), privateKey))).toEqual({
      ...{ name: 'Lobule Setup.exe', version: '1.10.0', date: '2026-12-01', installed: '1.9.3' },
      bytes: installer.length,
      // sha256sum of the text
      sha256: '5ad0af2570a4633e326e32a31f74c7d8058ac8e1a8f12ab9d0bdb55920844661',
    })
  })

  it.each(['1.10.0', '1.9.10', '0.99.0'])('may be installed again, or over %s', async (installed) => {
    await expect(check(signedManifest(release(), privateKey), { installed })).resolves.toBeDefined()
  })

  it.each(['1.10.1', '1.11.0', '2.0.0', '10.0.0'])('is refused where %s is installed', async (installed) => {
    await expect(check(signedManifest(release(), privateKey), { installed })).rejects.toMatchObject(
      refusal(/of version 1\.10\.0, and .* is installed/),
    )
  })

  it('is refused with one changed bit, or another length', async () => {
    for (let place = 0; place < installer.length; place++) {
      const content = Buffer.from(installer)
      content.writeUInt8(content.readUInt8(place) ^ 1, place)
      await expect(check(signedManifest(release(), privateKey), { content })).rejects.toMatchObject(
        refusal(/is not in the manifest/),
      )
    }
    await expect(
      check(signedManifest(release(), privateKey), { content: installer.subarray(1) }),
    ).rejects.toMatchObject(refusal(/is not in the manifest/))
  })

  it('is refused by the placeholder, whatever has signed it', async () => {
    await expect(check(signedManifest(release(), privateKey), { key: null })).rejects.toMatchObject(
      refusal(/no public key of releases yet/),
    )
  })
})

describe('a manifest', () => {
  it('that was changed in any letter is refused', async () => {
    const { manifest, signature } = JSON.parse(signedManifest(release(), privateKey)) as Record<
      string,
      string
    >
    const text = manifest ?? ''
    for (let place = 0; place < text.length; place++) {
      const changed = `${text.slice(0, place)}${text[place] === '1' ? '2' : '1'}${text.slice(place + 1)}`
      await expect(check(JSON.stringify({ manifest: changed, signature }))).rejects.toMatchObject(
        refusal(/signature is not/),
      )
    }
  })

  it('of another key, or signed for another purpose, is refused', async () => {
    const elsewhere = {
      manifest: release(),
      signature: sign(null, Buffer.from(release()), privateKey).toString('base64'),
    }
    for (const text of [signedManifest(release(), other.privateKey), JSON.stringify(elsewhere)])
      await expect(check(text)).rejects.toMatchObject(refusal(/signature is not/))
  })

  it.each(['', '{', '[]', '{"manifest":"{}"}', '{"manifest":"{}","signature":"AA=="}'])(
    'that is none (%s) is refused',
    async (text) => {
      await expect(check(text)).rejects.toMatchObject(refusal(/not one of Lobule/))
    },
  )

  it.each([
    ['{"version":"1.10","date":"2026-12-01","files":[]}'],
    [release().replace('"date"', '"more":1,"date"')],
    [release('1.10.0-beta')],
  ])('that is signed but of another form is refused: %s', async (manifest) => {
    await expect(check(signedManifest(manifest, privateKey))).rejects.toMatchObject(
      refusal(/does not know the form/),
    )
  })

  it('of more than 1 MB is not read, and a missing one is named', async () => {
    await expect(check(' '.repeat(2 ** 20 + 1))).rejects.toMatchObject(refusal(/too large/))
    await expect(
      check(signedManifest(release(), privateKey), { manifest: join(folder, 'none.json') }),
    ).rejects.toMatchObject({ code: 'path.not-found' })
    await expect(
      check(signedManifest(release(), privateKey), { file: join(folder, 'none.exe') }),
    ).rejects.toMatchObject({ code: 'path.not-found' })
  })
})

describe('the key of releases', () => {
  it('is the placeholder, or a key of ed25519', () => {
    expect(keyInProgram(readFileSync(inRoot('electron/features/update/release-key.ts'), 'utf8'))).toBe(
      releaseKey,
    )
    if (releaseKey !== null)
      expect(
        createPublicKey({ key: Buffer.from(releaseKey, 'base64'), format: 'der', type: 'spki' })
          .asymmetricKeyType,
      ).toBe('ed25519')
  })

  it('is made once, for its owner alone, and signs only if the program has its public half', () => {
    const run = (parameters: string[], secret = '') =>
      spawnSync(process.execPath, [inRoot('electron/setup/release-manifest.mjs'), ...parameters], {
        encoding: 'utf8',
        env: { ...process.env, LOBULE_RELEASE_KEY: secret },
      })
    const secret = join(folder, 'key.pem')
    const made = run(['--new-key', secret])
    expect(keyInProgram(made.stdout)).toMatch(/^MCowBQYDK2VwAyEA/)
    if (process.platform !== 'win32') expect(statSync(secret).mode & 0o777).toBe(0o600)
    const before = readFileSync(secret, 'utf8')
    expect(run(['--new-key', secret]).status).toBe(1)
    expect(readFileSync(secret, 'utf8')).toBe(before)
    expect(run([secret], secret)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('does not belong to the public key') as string,
    })
    expect(run([secret]).stderr).toContain('the private key in LOBULE_RELEASE_KEY')
  })

  it('is read out of the source as it is printed', () => {
    expect(keyInProgram(`export const releaseKey: string | null = '${key}'`)).toBe(key)
    expect(() => keyInProgram('export const releaseKey = 1')).toThrow(/no key that can be read/)
  })
})
