import { untrack } from 'svelte'
import type { ClassScheme } from '../../electron/contract/index.ts'
import type { Lobule } from '../state/lobule.svelte.ts'
import { actionGroups, type Action } from './action.ts'
import { isChord, isClassKey, isTaken, showChord } from './chords.ts'
import { adjudicationActions, adjudicationClassActions } from './adjudication-actions.ts'
import type {
  ListControls,
  PageContext,
  RegionControls,
  SlideMapControls,
  ViewerControls,
} from './contexts.ts'
import { labelActions, listActions, listWideActions } from './list-actions.ts'
import { pageActions } from './page-actions.ts'
import { regionActions, regionClassActions } from './region-actions.ts'
import { placeActions, slideMapActions } from './slide-map-actions.ts'
import { readingActions, viewerActions } from './viewer-actions.ts'

/** Where keys are handled. The first scope with an action for the key gets it. */
export type Scope = 'slide-map' | 'regions' | 'list' | 'list-wide' | 'viewer' | 'page'

const fixed = [
  ...slideMapActions,
  ...regionActions,
  ...listActions,
  ...listWideActions,
  ...adjudicationActions,
  ...viewerActions,
  ...pageActions,
]

/** An action that has an entry of its own, rather than one for each class of the scheme. */
export type ActionId = (typeof fixed)[number]['id']

interface Controls {
  list: ListControls
  viewer: ViewerControls
  regions: RegionControls
  slideMap: SlideMapControls
}

/** In the order in which they get a key. */
const scopes: readonly Scope[] = ['slide-map', 'regions', 'viewer', 'list', 'list-wide', 'page']

/** An action together with what it works on. */
export interface ReadyAction {
  record: Action<never>
  isPossible: () => boolean
  run: (event: KeyboardEvent | null) => void
}

/** A line of the list of keys. */
export interface KeyLine {
  title: string
  /** Chords separated by spaces; null: the class scheme uses the key, only the button is left. */
  keys: string | null
}

/** Everything a user can do now, by key, button or command palette. */
export class Actions {
  readonly #lobule: Lobule
  #controls = $state.raw<Partial<Controls>>({})

  constructor(lobule: Lobule) {
    this.#lobule = lobule
  }

  /** Offers the controls of a view while it is on screen; returns the function that removes them. */
  attach<K extends keyof Controls>(name: K, controls: Controls[K]): () => void {
    // Views call this in an effect, which must not depend on what other views attach.
    const change = (to: Controls[K] | undefined): void =>
      untrack(() => {
        this.#controls = { ...this.#controls, [name]: to }
      })
    change(controls)
    return () => {
      if (untrack(() => this.#controls[name]) === controls) change(undefined)
    }
  }

  /**
   * Runs the first action of these scopes that has a use for the key; false: there is none. A held key runs only an action
   * that `repeats`: the other ones would act on what their first press has brought, such as the next image.
   */
  press(event: KeyboardEvent, ...scopes: Scope[]): boolean {
    return scopes.some((scope) => pressFirst(this.#ready(scope), event))
  }

  /** The same, of the actions whose keys work while the user types and over a dialog. */
  pressEverywhere(event: KeyboardEvent): boolean {
    return pressFirst(
      this.#ready('page').filter(({ record }) => record.isEverywhere === true),
      event,
    )
  }

  /** For the command palette: what is possible now. */
  get possible(): ReadyAction[] {
    return scopes
      .flatMap((scope) => this.#ready(scope))
      .filter(({ record, isPossible }) => record.isKeyOnly !== true && isPossible())
  }

  /** For the context menu of a scope: what is possible now. */
  menuOf(scope: Scope): ReadyAction[] {
    return this.#ready(scope).filter(({ record, isPossible }) => record.isInMenu === true && isPossible())
  }

  /** Runs the action of an open context menu that has the key; false: none has. */
  pressInMenu(event: KeyboardEvent, scope: Scope): boolean {
    const action = this.menuOf(scope).find(({ record }) => isPressed(record, event))
    if (action !== undefined) press(action, event)
    return action !== undefined
  }

  /** Runs an action for a button or menu item, if it is possible now. */
  run(id: ActionId): void {
    const action = scopes.flatMap((scope) => this.#ready(scope)).find(({ record }) => record.id === id)
    if (action?.isPossible() === true) action.run(null)
  }

  /** Shown keys of an action, for tooltips; undefined: it has none, or the class scheme uses them. */
  keysOf(id: ActionId): string | undefined {
    const record: Action<never> | undefined = fixed.find((action) => action.id === id)
    return record === undefined ? undefined : (this.shownKeys(record) ?? undefined)
  }

  /** Chords as shown, separated by spaces; null: none. */
  shownKeys(record: Action<never>): string | null {
    const { keys = [], isByClass } = record
    if (isByClass === true) return keys.join(' ')
    const classKeys = this.#classes.map(({ key }) => key)
    const free = keys.filter((chord) => !isTaken(chord, classKeys))
    return free.length === 0 ? null : free.map(showChord).join(' ')
  }

  /** For the list of keys: all actions with keys, on screen or not, by group. */
  get keyGroups(): { title: string; lines: KeyLine[] }[] {
    const all = this.#all
    return Object.entries(actionGroups).flatMap(([group, title]) => {
      const records = all.filter((action) => action.group === group && (action.keys ?? []).length > 0)
      const lines = [...Map.groupBy(records, ({ line, title: own }) => line ?? own)].map(
        ([name, members]) => {
          const keys = members.flatMap((member) => this.shownKeys(member) ?? [])
          return { title: name, keys: keys.length === 0 ? null : keys.join(' ') }
        },
      )
      return lines.length === 0 ? [] : [{ title, lines }]
    })
  }

  get #classes(): ClassScheme {
    return this.#lobule.session.classes
  }

  get #all(): Action<never>[] {
    const classes = this.#classes
    return [
      ...labelActions(classes),
      ...listActions,
      ...listWideActions,
      ...readingActions(classes),
      ...viewerActions,
      ...adjudicationClassActions(classes),
      ...adjudicationActions,
      ...regionClassActions(classes),
      ...regionActions,
      ...placeActions(classes),
      ...slideMapActions,
      ...pageActions,
    ]
  }

  /** The actions of a scope that is on screen. Class keys go before other keys. */
  #ready(scope: Scope): ReadyAction[] {
    const lobule = this.#lobule
    const { list, viewer, regions, slideMap } = this.#controls
    const isListOnTop = lobule.navigation.imageId === null
    switch (scope) {
      case 'slide-map':
        return slideMap === undefined
          ? []
          : ready([...placeActions(this.#classes), ...slideMapActions], { lobule, slideMap })
      case 'regions':
        return regions === undefined
          ? []
          : ready([...regionClassActions(this.#classes), ...regionActions], { lobule, regions })
      case 'viewer':
        return viewer === undefined
          ? []
          : ready(
              [
                ...adjudicationClassActions(this.#classes),
                ...adjudicationActions,
                ...readingActions(this.#classes),
                ...viewerActions,
              ],
              { lobule, viewer },
            )
      case 'list':
        return list === undefined || !isListOnTop
          ? []
          : ready([...labelActions(this.#classes), ...listActions], { lobule, list })
      case 'list-wide':
        return list === undefined || !isListOnTop ? [] : ready(listWideActions, { lobule, list })
      case 'page':
        return ready(pageActions, { lobule })
    }
  }
}

function ready<C extends PageContext>(actions: readonly Action<C>[], context: C): ReadyAction[] {
  return actions.map((record) => ({
    record,
    isPossible: () => isOffered(record, context.lobule) && (record.when?.(context) ?? true),
    run: (event) => record.run(context, event),
  }))
}

const isOffered = ({ call }: Action<never>, { users }: Lobule): boolean =>
  call === undefined || users.may(call)

function pressFirst(actions: readonly ReadyAction[], event: KeyboardEvent): boolean {
  const action = actions.find(({ record, isPossible }) => isPressed(record, event) && isPossible())
  if (action === undefined) return false
  event.preventDefault()
  press(action, event)
  return true
}

function press({ record, run }: ReadyAction, event: KeyboardEvent): void {
  if (!event.repeat || record.repeats === true) run(event)
}

function isPressed(action: Action<never>, event: KeyboardEvent): boolean {
  const { keys = [], aliases = [], isByClass, ignoresModifiers } = action
  if (isByClass === true) return keys.some((key) => isClassKey(event, key))
  return [...keys, ...aliases].some((chord) => isChord(event, chord, ignoresModifiers))
}
