// @ts-check
/** `npm run sbom`: writes what an installer for this system ships of others, as CycloneDX, SPDX and OpenVEX. */
import { supplyChainFolder, thisSystem, writeSupplyChain } from './sbom.mjs'
import { logToStderr as log, runScript } from './shared.mjs'

await runScript(() => {
  writeSupplyChain(supplyChainFolder, thisSystem())
  log(`Written: ${supplyChainFolder}`)
  return Promise.resolve(0)
})
