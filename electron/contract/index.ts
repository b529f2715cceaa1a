export * from './errors.ts'
export * from './recipe.ts'
