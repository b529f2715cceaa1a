import type { Client } from '../api/client.ts'

/** What is written into a file: the list as shown, a case, or images without one. */
export type ReportRequest =
  | { name: 'csv'; imageIds: number[] }
  | { name: 'case'; caseName: string }
  | { name: 'images'; imageIds: number[] }

/** Files that people take along. */
export class Reports {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Answers how many images the file tells of. */
  async write(request: ReportRequest, path: string): Promise<number> {
    if (request.name === 'csv') {
      return (await this.#client['worklist.export']({ imageIds: request.imageIds, path })).images
    }
    const of = request.name === 'case' ? { caseName: request.caseName } : { imageIds: request.imageIds }
    return (await this.#client['case.report']({ ...of, path })).images
  }
}
