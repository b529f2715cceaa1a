export const machineStrings = {
  encoders: {
    title: 'Encoders',
    text: 'Encoders are pretrained networks, kept in your user folder and shared by all workspaces. Verdicts mean something only with the official weights.',
    fetchTitle: 'Download the official weights',
    fetchText:
      'From the place where Keras keeps them, some 90 MB each; every file is checked against its official hash. Nothing of yours is sent.',
    fetch: 'Download where missing',
    importTitle: 'Official Keras weights',
    importText: 'Carry in the “no top” HDF5 files of Keras Applications. Lobule knows them by their content.',
    import: 'Import weight files…',
    demoTitle: 'Untrained demo encoder',
    demoText:
      'Random weights: UNTRAINED, knows nothing. Lets you try every step; what it suggests means nothing.',
    demo: 'Install untrained encoder',
    demoAll: 'Install untrained where missing',
    installed: (names: string) => `Installed: ${names}.`,
    licence: 'Licence',
    fingerprint: 'Fingerprint',
    busy: 'Installing…',
  },
  doctor: {
    title: 'System check',
    running: 'Looking…',
    statuses: { ok: 'Fine', warning: 'Warning', missing: 'Missing' },
    encoders: 'Encoders',
    again: 'Check again',
  },
  about: {
    title: 'About Lobule',
    version: (version: string) => `Version ${version}`,
    licence: 'Apache License 2.0',
    method:
      'After Rakhlin, Shvets, Iglovikov and Kalinin, “Deep Convolutional Neural Networks for Breast Cancer Histology Image Analysis” (2018).',
    privacy: 'Nothing is sent anywhere: images, labels and models stay on this machine.',
  },
} as const
