import { formatCount } from './format.ts'

export const guideStrings = {
  guide: {
    title: 'Guide',
    open: 'Open the guide',
    documents: 'Documents',
    sections: 'Sections',
    search: 'Search all documents',
    loading: 'Loading the guide…',
    missing:
      'The guide is not part of this copy of Lobule. It is in the folder docs of the source, as guide.md.',
    found: (count: number) =>
      count === 0 ? 'Nothing found' : `${formatCount(count)} ${count === 1 ? 'section' : 'sections'} found`,
  },
} as const
