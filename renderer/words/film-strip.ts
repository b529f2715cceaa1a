export const filmStripStrings = {
  filmStrip: {
    toggle: 'Film strip: the other images of the case',
    ofCase: (name: string) => `Images of ${name}`,
    ofList: 'Images of the list',
    /**
     * @param isHidden whether label and suggested class are hidden from a blind reader
     * @param marks what limits trust in the image or its suggested class, in a word each
     */
    image: (
      name: string,
      {
        label,
        suggested,
        isHidden,
        marks,
      }: { label: string | null; suggested: string | null; isHidden: boolean; marks: readonly string[] },
    ) =>
      [
        name,
        label === null ? (isHidden ? 'hidden until you label it' : 'no label') : `label ${label}`,
        ...(suggested === null ? [] : [`suggested class ${suggested}`]),
        ...marks.map((mark) => mark.toLowerCase()),
      ].join(', '),
  },
} as const
