import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sharedPath } from '../shared-data.ts'

/** The weights file of a trained VGG-16, the folder of 167 real fields of 14 patients, a real slide; null, said loudly: not here. */
export function realFields(): { weights: string; folder: string; slide: string } | null {
  const weights = sharedPath('encoders/vgg16_imagenet_notop.h5')
  const folder = sharedPath('data/breakhis100x')
  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  return weights === null || folder === null || slide === null ? null : { weights, folder, slide }
}

/** Five of the slides, 48 fields: what a laboratory reads after its first training. */
const laterSlides = ['29315EF', '23060CD', '13412', '10147', '11031']

/** BreaKHis names are SOB_B_PT-14-29315EF-100-001.png: class, tumour, year, slide, magnification, number. */
export const slideOf = (file: string): string => /-14-(\w+)-100-\d+\.png$/.exec(file)?.[1] ?? ''

/** Copies the fields to `first/<class>`, and those of five slides to `later/<class>`. */
export function splitFields(folder: string, root: string): void {
  for (const className of ['benign', 'malignant']) {
    for (const part of ['first', 'later']) mkdirSync(join(root, part, className), { recursive: true })
    const files = readdirSync(join(folder, className), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.png'))) {
      const part = laterSlides.includes(slideOf(file)) ? 'later' : 'first'
      copyFileSync(
        join(folder, className, file),
        join(root, part, className, file.split(/[/\\]/).at(-1) ?? ''),
      )
    }
  }
}

/** The image's number as its case: a mistake that puts each patient on both sides of the folds. */
export const wrongCases = '100-(\\d+)'
export const patients = '-14-(\\d+)'

/** Small enough for two cores: VGG-16 on fields at half scale, one training of about a minute. */
export const smallVgg = ['encoders=vgg16', 'augmentations=2', 'crops=200', 'cropCount=4', 'mode=dense']
