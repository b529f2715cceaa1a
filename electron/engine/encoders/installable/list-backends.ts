import type { InstallableBackend, InstallableName } from '../../../contract/installable-backends.ts'
import { backendSets, diskBytesOf, downloadBytesOf } from './backend-sets.ts'
import { bindingFile, installedBackend, unsupportedHere } from './installed-backend.ts'
import { loaderMissing } from './load-library.ts'
import { bindingMissing } from './load-tensorflow.ts'

/** Why this copy of Lobule could not load it. */
const connectionMissing: Readonly<Record<InstallableName, () => string | null>> = {
  tensorflow: () => (bindingFile('binding.node') === null ? bindingMissing : null),
  cuda: loaderMissing,
}

/** Everything that can be installed, with its size and terms, and what is. */
export const listInstallable = (homeDir: string): InstallableBackend[] =>
  backendSets.map((set) => {
    const { name, device, title, version, wheels } = set
    const installed = installedBackend(homeDir, name)
    return {
      ...{ name, device, title, version },
      downloadBytes: downloadBytesOf(set),
      diskBytes: diskBytesOf(set),
      parts: wheels.map(({ project, file, bytes, licence, holder }) => ({
        ...{ project, file, bytes, licence, holder },
      })),
      installedAt: installed?.device === device ? installed.at : null,
      problem: unsupportedHere(name) ?? connectionMissing[name](),
    }
  })
