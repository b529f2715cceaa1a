export const policyStrings = {
  policy: {
    title: 'Set by your administrator',
    text: (source: string) =>
      `The policy of this computer (${source}) sets the following. It cannot be changed here.`,
    rule: 'Setting',
    value: 'Value',
    meaning: 'What it does',
    nothing: 'This policy sets nothing.',
    locked: 'Set by your administrator.',
    noDownloads: 'Your administrator has turned downloads off. Import weight files that you have been given.',
  },
}
