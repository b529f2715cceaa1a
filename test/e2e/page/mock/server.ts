import { parseArgs } from 'node:util'
import { serveMock } from './serve-mock.ts'

/** To look at the page by hand: node test/e2e/page/mock/server.ts --images 48 --classified --job-ms 4000 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5199' },
    images: { type: 'string' },
    classified: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    'job-ms': { type: 'string', default: '4000' },
  },
})
const options = {
  acknowledged: !values.fresh,
  images: values.images === undefined ? null : Number(values.images),
  isClassified: values.classified,
  jobMs: Number(values['job-ms']),
}
const { url } = await serveMock(options, Number(values.port))
console.error(url)
