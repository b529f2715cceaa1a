export { fillNormalFloat32, KeyedGenerator, keyedGenerator, type KeyParts } from './keyed-generator.ts'
