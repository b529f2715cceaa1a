import './without-eval.ts'
// The theme is set before anything is drawn, so that the page does not flash in other colours.
import '../state/theme.svelte.ts'
import { mount } from 'svelte'
import { openBridge } from '../api/bridge.ts'
import App from './App.svelte'

const target = document.getElementById('page')
if (target === null) throw new Error('index.html has no #page')
mount(App, { target, props: { bridge: openBridge() } })
