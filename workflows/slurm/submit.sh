#!/bin/bash
# [KIND=encode|train|slides] submit.sh PLAN PARTS WORKSPACE SHARDS [options of sbatch for the parts, such as --time=2:00:00 --cpus-per-task=16]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PLAN=$1 PARTS=$2 WORKSPACE=$3 SHARDS=$4
shift 4
array=$(sbatch --parsable --array="0-$((SHARDS - 1))" "$@" "$here/shard.sbatch")
sbatch --parsable --dependency="afterok:$array" "$here/collect.sbatch"
