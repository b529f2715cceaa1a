import type { Client } from '../api/client.ts'

/** What is written to a file: the list as shown, a case, or single images. */
export type ReportRequest =
  | { name: 'csv'; imageIds: number[] }
  | { name: 'case'; caseName: string }
  | { name: 'images'; imageIds: number[] }

/** Writes reports and tables to files. */
export class Reports {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Writes what became of the files of an import. */
  async writeAccount(jobId: number, path: string, replace: boolean): Promise<void> {
    await this.#client['image.writeAccount']({ jobId, path, replace })
  }

  /** Returns the number of images in the file. */
  async write(request: ReportRequest, path: string, replace: boolean): Promise<number> {
    if (request.name === 'csv') {
      return (await this.#client['worklist.export']({ imageIds: request.imageIds, path, replace })).images
    }
    const of = request.name === 'case' ? { caseName: request.caseName } : { imageIds: request.imageIds }
    return (await this.#client['case.report']({ ...of, path, replace })).images
  }
}
