#!/usr/bin/env bash
# Makes the shipped models from the raw files: experiments/models.sh DATA WORK
# WORK/default, WORK/default-int8 and WORK/three-class are what models/ holds.
# What is there already is left as it is, and a training that was killed goes on: start it again.
set -euo pipefail
data=$1 work=$2
here=$(dirname "${BASH_SOURCE[0]}")
python=${PYTHON:-.venv/bin/python}

ours() { "$python" -m lstm_sentiment_cli "$@"; }

train() { # CONFIG NAME FLAG…
  local config=$here/$1.toml output=$work/$2 resume=()
  shift 2
  [ -e "$output/manifest.json" ] && return
  [ -e "$work/.$(basename "$output").training.npz" ] && resume=(--resume)
  ours train --config "$config" --data-folder "$data" --output "$output" "$@" "${resume[@]}"
}

record() { # MODEL FILE NAME
  ours evaluate "$2" --model "$work/$1" --record "$3" --quiet >"$work/$1-${3// /-}.txt"
}

mkdir -p "$work"
"$python" "$here/../benchmarks/experiments.py" write-halves --data "$data" --work "$work"
s140=$work/sentiment140_dev semeval=$work/semeval_dev

# Two stages, three seeds, then one network that learns what all six say: those of the first stage
# know automatically labelled tweets better, those of the second the ones labelled by hand.
teachers=()
for seed in 1 2 3; do
  train weak "weak-$seed" --seed "$seed"
  train hand "hand-$seed" --seed "$seed" --from "$work/weak-$seed"
  teachers+=(--teacher "$work/weak-$seed" --teacher "$work/hand-$seed")
done
train default taught-1 --from "$work/hand-1" "${teachers[@]}"

teachers=()
for seed in 1 2 3; do
  train three-class "three-class-$seed" --seed "$seed"
  teachers+=(--teacher "$work/three-class-$seed")
done
train three-taught three-taught-1 --from "$work/three-class-1" "${teachers[@]}"

# One temperature for both kinds of tweets; the figures are of the other halves.
if [ ! -e "$work/default/manifest.json" ]; then
  ours calibrate "$s140-choose.jsonl" "$semeval-choose.jsonl" \
    --model "$work/taught-1" --output "$work/default"
fi
if [ ! -e "$work/default-int8/manifest.json" ]; then
  ours quantize "$s140-choose.jsonl" "$semeval-choose.jsonl" \
    --model "$work/default" --output "$work/default-int8"
fi
if [ ! -e "$work/three-class/manifest.json" ]; then
  ours calibrate "$semeval-choose.jsonl" --model "$work/three-taught-1" --output "$work/three-class"
fi
for model in default default-int8; do
  record "$model" "$s140-report.jsonl" "sentiment140_dev, unseen half"
  record "$model" "$semeval-report.jsonl" "semeval_dev, unseen half"
  record "$model" "$data/sentiment140_manual_test.tsv.gz" "sentiment140_manual_test"
  ours evaluate --behaviour --model "$work/$model" --record behaviour --quiet >"$work/$model-behaviour.txt"
done
record three-class "$semeval-report.jsonl" "semeval_dev, unseen half"
record three-class "$data/sentiment140_manual_test.tsv.gz" "sentiment140_manual_test"
