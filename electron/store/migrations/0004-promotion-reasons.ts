import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const promotionReasons: Migration = {
  version: 4,
  sql: `
    -- Why a model was put in use and by whom, and why that was taken back and by whom; null: not said.
    ALTER TABLE promotions ADD COLUMN reason TEXT CHECK (reason <> '');
    ALTER TABLE promotions ADD COLUMN reader TEXT CHECK (reader <> '');
    ALTER TABLE promotions ADD COLUMN withdrawn_reason TEXT CHECK (withdrawn_reason <> '');
    ALTER TABLE promotions ADD COLUMN withdrawn_by TEXT CHECK (withdrawn_by <> '');
  `,
}
