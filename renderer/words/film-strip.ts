export const filmStripStrings = {
  filmStrip: {
    toggle: 'Film strip: the other images of the case',
    ofCase: (name: string) => `Images of ${name}`,
    ofList: 'Images of the list',
    image: (name: string, label: string | null, suggested: string | null, isWithheld: boolean) =>
      [
        name,
        label === null ? (isWithheld ? 'hidden until you label it' : 'no label') : `label ${label}`,
        ...(suggested === null ? [] : [`suggested class ${suggested}`]),
      ].join(', '),
  },
} as const
