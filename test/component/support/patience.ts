import { configure } from '@testing-library/svelte'

// The library's own limit is one second, in which a busy machine decides a test.
configure({ asyncUtilTimeout: 120_000 })
