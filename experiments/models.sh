#!/usr/bin/env bash
# Makes the shipped models from the raw files: experiments/models.sh DATA WORK
# WORK/default, WORK/fast and WORK/three-class are what models/ holds.
# What is there already is left as it is, and a training that was killed goes on: start it again.
# The teacher has an environment of its own: make .venv-teacher/.done
# START are weights that it goes on from, if there are any.
set -euo pipefail
data=$1 work=$2
here=$(dirname "${BASH_SOURCE[0]}")
python=${PYTHON:-.venv/bin/python} teacher=${TEACHER:-.venv-teacher/bin/python}

ours() { "$python" -m lstm_sentiment_cli "$@"; }

train() { # CONFIG NAME FLAG…
  local config=$here/$1.toml output=$work/$2 resume=()
  shift 2
  [ -e "$output/manifest.json" ] && return
  [ -e "$work/.$(basename "$output").training.npz" ] && resume=(--resume)
  ours train --config "$config" --data-folder "$work/scored" --output "$output" "$@" "${resume[@]}"
}

record() { # MODEL FILE NAME
  ours evaluate "$2" --model "$work/$1" --record "$3" --quiet >"$work/$1-${3// /-}.txt"
}

mkdir -p "$work"
"$python" "$here/../benchmarks/experiments.py" write-halves --data "$data" --work "$work"
s140=$work/sentiment140_dev semeval=$work/semeval_dev

[ -e "$work/texts/signed.tsv.gz" ] || "$python" "$here/teacher/synthetic.py" "$data" "$work"
[ -e "$work/teacher.safetensors" ] || "$teacher" "$here/teacher/teacher.py" train "$work" \
  ${START:+--from "$START" --weak 60000 --hand 50000 --composed 0.8 --twins 40 --together 1 --rate 5e-5}
"$teacher" "$here/teacher/teacher.py" answer "$work"

# Temperatures are fitted on the halves that choose; the figures are of the other halves.
train default default-1
train default fast-1 --lstm-units 48,32 --embedding-units 64
train three-class three-class-1
for model in default fast; do
  [ -e "$work/$model/manifest.json" ] || ours calibrate "$s140-choose.jsonl" \
    "$semeval-choose.jsonl" --model "$work/$model-1" --output "$work/$model"
  record "$model" "$s140-report.jsonl" "sentiment140_dev, unseen half"
  record "$model" "$semeval-report.jsonl" "semeval_dev, unseen half"
done
[ -e "$work/three-class/manifest.json" ] || ours calibrate "$semeval-choose.jsonl" \
  --model "$work/three-class-1" --output "$work/three-class"
record three-class "$semeval-report.jsonl" "semeval_dev, unseen half"
for model in default fast three-class; do
  record "$model" "$data/sentiment140_manual_test.tsv.gz" "sentiment140_manual_test"
  ours evaluate --behaviour --model "$work/$model" --record behaviour --quiet >"$work/$model-behaviour.txt"
done
