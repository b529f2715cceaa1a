import { config } from 'zod'

/** The page's security policy forbids eval; without this zod tries it and the browser reports a violation. */
config({ jitless: true })
