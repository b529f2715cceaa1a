import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const slideAnalyses: Migration = {
  version: 21,
  sql: `
    -- Analyses of whole slides. The places are in a file, slide-maps/<map_sha256>.map.
    CREATE TABLE slide_analyses (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      model_id INTEGER NOT NULL REFERENCES models (id),
      -- Of the image when it was analysed.
      pixel_size_um REAL NOT NULL CHECK (pixel_size_um > 0),
      stride_um REAL NOT NULL CHECK (stride_um > 0),
      -- NULL: all tissue.
      region TEXT CHECK (json_valid(region)),
      tissue_source TEXT NOT NULL CHECK (tissue_source IN ('found', 'drawn')),
      mask_sha256 TEXT NOT NULL CHECK (length(mask_sha256) = 64),
      grid TEXT NOT NULL CHECK (json_valid(grid)),
      out_of_fold INTEGER NOT NULL CHECK (out_of_fold IN (0, 1)),
      places INTEGER NOT NULL CHECK (places >= 0),
      summary TEXT NOT NULL CHECK (json_valid(summary)),
      map_sha256 TEXT NOT NULL CHECK (length(map_sha256) = 64),
      duration_ms REAL NOT NULL CHECK (duration_ms >= 0),
      at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX slide_analyses_image ON slide_analyses (image_id, id);
    CREATE TRIGGER slide_analyses_no_update BEFORE UPDATE ON slide_analyses
      BEGIN SELECT RAISE (ABORT, 'analyses are append-only'); END;
    CREATE TRIGGER slide_analyses_no_delete BEFORE DELETE ON slide_analyses
      BEGIN SELECT RAISE (ABORT, 'analyses are append-only'); END;
  `,
}
