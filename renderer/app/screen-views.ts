import type { Component } from 'svelte'
import type { Screen } from '../state/navigation.svelte.ts'
import AgreementView from '../features/agreement/AgreementView.svelte'
import AuditView from '../features/audit/AuditView.svelte'
import ModelsView from '../features/models/ModelsView.svelte'
import SettingsView from '../features/settings/SettingsView.svelte'

/** The view of each screen except the worklist. A screen without a view has no entry in the bar. */
export const screenViews: Partial<Record<Exclude<Screen, 'worklist'>, Component>> = {
  models: ModelsView,
  agreement: AgreementView,
  audit: AuditView,
  settings: SettingsView,
}
