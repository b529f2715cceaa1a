#!/bin/sh
# Makes, with the `lobule` command of the version whose files are to be kept, a small workspace with everything in it
# that later versions must open: labels, readings, an adjudication, an undo, a region, a model, its package, verdicts.
# Usage: LOBULE="node /old/checkout/electron/setup/lobule.mjs" LOBULE_HOME=... sh make-workspace.sh FOLDER
set -e
cd "$1"
$LOBULE demo synthetic --per-class 4 --width 128 --height 96
$LOBULE init --workspace study
$LOBULE import synthetic --workspace study --labels folder --cases 'case(\d+)' --copy
$LOBULE label 1 Benign --workspace study --reader Anna --comment 'glands look regular'
$LOBULE label 1 Normal --workspace study --reader Bea
$LOBULE label 1 Benign --workspace study --reader Anna --adjudicate --comment 'discussed'
$LOBULE label 2 --unsure --workspace study --reader Bea
$LOBULE label 3 InSitu --workspace study --reader Bea
$LOBULE label 3 --undo --workspace study --reader Bea
cat > region.geojson <<'END'
{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon",
"coordinates":[[[10,10],[60,10],[60,50],[10,50],[10,10]]]},
"properties":{"objectType":"annotation","name":"gland","classification":{"name":"Benign"}}}]}
END
$LOBULE regions import 1 region.geojson --workspace study --reader Anna
$LOBULE encoders demo
$LOBULE train --workspace study --name first --recipe quick --set folds=2 augmentations=8 rounds=10 crops=96
$LOBULE models threshold first 0.4 --workspace study
$LOBULE models promote first --workspace study --reason 'first of all'
$LOBULE demo other --per-class 1 --width 128 --height 96 --seed 2
$LOBULE classify other --workspace study --json > verdicts.json
$LOBULE models export first --workspace study --out first.zip
