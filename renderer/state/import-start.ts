import type { PageBridge } from '../api/page-bridge.ts'
import { strings } from '../words/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import { readDroppedFiles } from './dropped-files.ts'
import type { ImportDraft } from './import-draft.svelte.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Session } from './session.svelte.ts'

/** The parts of the page that starting an import uses. */
interface ImportContext {
  readonly alerts: Alerts
  readonly importDraft: ImportDraft
  readonly navigation: Navigation
  readonly session: Session
  readonly isBlind: boolean
}

/** Opens the import dialog with files: dropped ones, or those of an earlier import. */
export class ImportStart {
  readonly #page: ImportContext
  readonly #bridge: Pick<PageBridge, 'pathOf' | 'upload'>

  constructor(page: ImportContext, bridge: Pick<PageBridge, 'pathOf' | 'upload'>) {
    this.#page = page
    this.#bridge = bridge
  }

  /** Whether files can be dropped. A window knows the path of a dropped file; a browser does not and sends the file. */
  get takesDrops(): boolean {
    return (this.#page.session.info?.nativeDialogs ?? false) || this.#bridge.upload !== undefined
  }

  /** Starts an import with dropped files and folders. */
  async drop(transfer: DataTransfer): Promise<void> {
    const { alerts, importDraft, navigation } = this.#page
    const paths = [...transfer.files].flatMap((file) => this.#bridge.pathOf(file) ?? [])
    // The browser clears the transfer after the event handler, so reading starts before anything else.
    const gathering = paths.length > 0 ? Promise.resolve([]) : readDroppedFiles(transfer)
    const files = await gathering
    // The import dialog says why nothing can be imported now.
    if (this.#page.isBlind) navigation.open({ name: 'import', paths: [] })
    else if (paths.length === 0 && files.length === 0) alerts.show('warning', strings.importing.noDrop)
    else {
      importDraft.takeDrop(files)
      navigation.open({ name: 'import', paths })
    }
  }

  /** Opens the dialog with files again; `asksPages`: they hold several images, and the user must choose pages. */
  again(paths: readonly string[], asksPages: boolean): void {
    this.#page.importDraft.retry(paths, asksPages)
    this.#page.navigation.open({ name: 'import', paths, asksPages })
  }
}
