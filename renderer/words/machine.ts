export const machineStrings = {
  encoders: {
    title: 'Encoders',
    text: 'Encoders are pretrained neural networks. They are stored in your user folder and shared by all workspaces. Suggested classes are meaningful only with trained weights. EfficientNet-Lite0 comes with Lobule; the three encoders of the paper are larger.',
    fetchTitle: 'Download the official weights',
    fetchText:
      'From the official Keras server, about 90 MB each. Every file is checked against its official hash. None of your data is sent.',
    fetch: 'Download missing weights',
    importTitle: 'Official weight files',
    importText:
      'Import the “no top” HDF5 files of Keras Applications, or the PyTorch file of EfficientNet-Lite0. Lobule recognises them by their content.',
    import: 'Import weight files…',
    refused: 'Not installed',
    unofficial: 'Unofficial weights',
    unofficialText:
      'These files have the right layers, and they are not the published files. Nothing shows what they were trained on, or whether they were changed. Models and suggestions made with them are marked as “unofficial weights”.',
    acceptOffer: 'Install as unofficial…',
    accept: 'I trust these files: install them',
    demoTitle: 'Untrained encoder (demo)',
    demoText:
      'Random weights (UNTRAINED). You can try every step of the program, but the suggested classes are meaningless.',
    demo: 'Install untrained encoder',
    demoAll: 'Install missing as untrained',
    installed: (names: string) => `Installed: ${names}.`,
    licence: 'Licence',
    fingerprint: 'Fingerprint',
    busy: 'Installing…',
  },
  doctor: {
    title: 'System check',
    running: 'Checking…',
    statuses: { ok: 'OK', warning: 'Warning', missing: 'Missing' },
    encoders: 'Encoders',
    again: 'Check again',
  },
  support: {
    open: 'Support bundle…',
    title: 'Support bundle',
    text: 'What helps to find a problem, as one text file. It has no image and no name of an image, case, reader, class, model or folder. Nothing is sent: you read it here, save it, and pass it on yourself.',
    contents: 'What the file will contain',
    reading: 'Collecting…',
    back: 'Back',
    save: 'Save…',
    saveHint: 'The file has the text that you have read, as it is at that moment.',
    written: (path: string) => `Written: ${path}.`,
  },
  about: {
    title: 'About Lobule',
    version: (version: string) => `Version ${version}`,
    licence: 'Apache License 2.0',
    method:
      'After Rakhlin, Shvets, Iglovikov and Kalinin, “Deep Convolutional Neural Networks for Breast Cancer Histology Image Analysis” (2018).',
    privacy: 'Nothing is sent anywhere: images, labels and models stay on this computer.',
  },
} as const
