#!/usr/bin/env bash
# Makes the shipped models from the raw files, into WORK: experiments/models.sh DATA WORK
# What is there already is left as it is, and a training that was killed goes on: just start again.
set -euo pipefail
data=$1 work=$2
here=$(dirname "${BASH_SOURCE[0]}")
python=${PYTHON:-.venv/bin/python}
ours=("$python" -m lstm_sentiment_cli)

train() { # CONFIG NAME FLAG…
  local config=$here/$1.toml output=$work/$2 resume=()
  shift 2
  [ -e "$output/manifest.json" ] && return
  [ -e "$work/.$(basename "$output").training.npz" ] && resume=(--resume)
  "${ours[@]}" train --config "$config" --data-folder "$data" --output "$output" "$@" "${resume[@]}"
}

mkdir -p "$work"
for seed in 1 2 3; do
  train weak "weak-$seed" --seed "$seed"
  train hand "hand-$seed" --seed "$seed" --from "$work/weak-$seed"
done
train default taught --from "$work/hand-1" \
  --teacher "$work/hand-1" --teacher "$work/hand-2" --teacher "$work/hand-3"
