import { configure } from '@testing-library/svelte'
import { waitLimitMs } from '../../support/limits.ts'

// The library's own limit is one second.
configure({ asyncUtilTimeout: waitLimitMs })
