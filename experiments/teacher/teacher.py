"""Fine-tunes a small transformer on tweets and lets it answer texts.

    teacher.py train WORK [--from WEIGHTS] [--weak N] [--hand N] …
    teacher.py answer WORK
    teacher.py ask WORK TEXTS OUTPUT

`train` learns the files of WORK/texts, which synthetic.py wrote, and writes
WORK/teacher.safetensors; killed, it goes on where it was. `answer` writes WORK/scored/NAME.tsv.gz
with the columns label, p_positive, p_neutral, p_negative and text, which `lstm-sentiment train`
reads. The label that is an emoticon is named so, because a model of three labels must not learn it.
`ask` answers a file of lines.

The transformer is MiniLM-L6 of 22 million parameters (W. Wang et al., "MiniLM: deep self-attention
distillation for task-agnostic compression of pre-trained transformers", 2020), as fine-tuned for
sentence embeddings; mean pooling and a linear layer give three logits. Rows labelled by emoticons,
which know no neutral, train the softmax of positive and negative alone.
"""

import argparse
import gzip
import os
import random
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import emoji
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from transformers import AutoModel, AutoTokenizer

LABELS = ("positive", "neutral", "negative")
_ORDER = (2, 1, 0)  # the logits are those of negative, neutral, positive
_MOST_TOKENS = 64
_RULE_SHARE = 0.5  # of the rule in the answers to sentences that have one
_SMOOTHED = (0.96, 0.03, 0.01)
_DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
_ENTITIES = (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'))


def prepared(text: str) -> str:
    """Return a tweet as the transformer reads it; its vocabulary has no emoji, but their names."""
    text = re.sub(r"https?://\S+|www\.\S+", "http", text)
    text = re.sub(r"@\w+", "@user", text)
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    text = emoji.demojize(text, delimiters=(" ", " ")).replace("_", " ")
    text = re.sub(r"#(\w+)", r"# \1", text)
    text = re.sub(r"(.)\1{3,}", r"\1\1\1", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Text:
    """A text to learn or to answer."""

    text: str
    label: str  # "": none
    weak: bool = False  # labelled by an emoticon
    twins: int = -1  # the number of its set, whose texts must get one answer; -1: none


class Teacher(torch.nn.Module):
    """The transformer, mean pooling, and three logits."""

    def __init__(self, work: Path) -> None:
        super().__init__()
        base = work / "base"
        if not (base / "config.json").exists():
            with (files("all_minilm_l6_v2") / "model.zip").open("rb") as packed:
                zipfile.ZipFile(packed).extractall(base)
        self.tok = AutoTokenizer.from_pretrained(base)
        self.b = AutoModel.from_pretrained(base)
        self.d = torch.nn.Dropout(0.1)
        self.o = torch.nn.Linear(self.b.config.hidden_size, 3)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return logits (batch, 3) of negative, neutral, positive; ids are (batch, time)."""
        hidden = self.b(input_ids=ids, attention_mask=mask).last_hidden_state
        m = mask.unsqueeze(-1).to(hidden.dtype)
        return self.o(self.d((hidden * m).sum(1) / m.sum(1)))

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text."""
        return self.tok([prepared(t) for t in texts], truncation=True, max_length=_MOST_TOKENS)[
            "input_ids"
        ]

    def load(self, path: Path) -> None:
        """Read weights, which may be stored in half precision."""
        weights = {k: v.float() if v.is_floating_point() else v for k, v in load_file(path).items()}
        self.load_state_dict(weights, strict=False)


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids and mask, both (batch, longest)."""
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    mask = ids.clone()
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids.to(_DEVICE), mask.to(_DEVICE)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of synthetic.py."""

    name: str
    column: str  # whose label it is: label, emoticon, rule or unseen
    texts: list[Text]


def read_texts(path: Path) -> TextFile:
    """Read a file of synthetic.py."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        column = next(file).partition("\t")[0]
        cells = (line.rstrip("\n").split("\t") for line in file)
        texts = [
            Text(text, label, column == "emoticon", int(twins) if twins else -1)
            for label, twins, text in cells
        ]
    return TextFile(path.name.split(".")[0], column, texts)


def to_learn(options: argparse.Namespace) -> list[Text]:
    """Return a draw of all that has a label, and sets of twins whether they have one or not."""
    draw = random.Random(options.seed)
    of: dict[str, list[Text]] = {"label": [], "emoticon": [], "composed": [], "twins": []}
    for path in sorted((options.work / "texts").glob("*.gz")):
        file = read_texts(path)
        if file.column != "unseen":
            kept = [text for text in file.texts if text.label or text.twins >= 0]
            name = file.name if file.column == "rule" else file.column
            if name in of:  # groups are for pupils alone
                of[name] += kept
    return [
        *draw.sample(of["emoticon"], min(options.weak, len(of["emoticon"]))),
        *draw.sample(of["label"], min(options.hand, len(of["label"]))),
        *[text for text in of["composed"] if draw.random() < options.composed],
        # Whole sets, told from those of the sentences.
        *[
            replace(text, twins=text.twins + 10**6)
            for text in of["twins"]
            if text.twins % 100 < options.twins
        ],
    ]


def batches_of(
    texts: Sequence[Text], lengths: Sequence[int], size: int, seed: int
) -> list[list[int]]:
    """Return batches of similar lengths in a random order; sets of twins stay together."""
    draw = random.Random(seed)
    sets: dict[int, list[int]] = {}
    units: list[list[int]] = []
    for i, text in enumerate(texts):
        if text.twins < 0:
            units.append([i])
        elif text.twins in sets:
            sets[text.twins].append(i)
        else:
            sets[text.twins] = [i]
            units.append(sets[text.twins])
    draw.shuffle(units)
    batches = []
    for start in range(0, len(units), size * 50):
        chunk = sorted(units[start : start + size * 50], key=lambda unit: lengths[unit[0]])
        batch: list[int] = []
        for unit in chunk:
            batch += unit
            if len(batch) >= size:
                batches.append(batch)
                batch = []
        if batch:
            batches.append(batch)
    draw.shuffle(batches)
    return batches


def loss_of(logits: torch.Tensor, texts: Sequence[Text], together: float) -> torch.Tensor:
    """Return cross-entropy over texts with a label, and the variance within sets of twins."""
    index = {"negative": 0, "neutral": 1, "positive": 2}
    gold = torch.tensor([index.get(t.label, -100) for t in texts], device=logits.device)
    weak = torch.tensor([t.weak for t in texts], device=logits.device)
    neutral = torch.arange(3, device=logits.device) == 1
    masked = torch.where(weak[:, None] & neutral[None], torch.tensor(-1e4).to(logits), logits)
    loss = logits.sum() * 0
    if (gold >= 0).any():
        loss = cross_entropy(masked, gold, ignore_index=-100)
    number = {
        twins: i for i, twins in enumerate(dict.fromkeys(t.twins for t in texts if t.twins >= 0))
    }
    if number and together:
        rows = torch.tensor([i for i, t in enumerate(texts) if t.twins >= 0], device=logits.device)
        of = torch.tensor([number[t.twins] for t in texts if t.twins >= 0], device=logits.device)
        mine = logits[rows] - logits[rows].mean(1, keepdim=True)
        total = torch.zeros(len(number), 3, device=logits.device).index_add(0, of, mine)
        mean = total / torch.bincount(of).unsqueeze(1)
        # Per text of the batch, so that a batch with few twins is not all about them.
        loss = loss + together * (mine - mean[of]).square().sum() / len(texts)
    return loss


def train(options: argparse.Namespace) -> None:
    """Fine-tune: one pass, linear warm-up and decay; checkpoint every five minutes."""
    torch.manual_seed(options.seed)
    net = Teacher(options.work).to(_DEVICE)
    if options.start:
        net.load(options.start)
    texts = to_learn(options)
    rows = net.encode([t.text for t in texts])
    lengths = [len(row) for row in rows]
    batches = [
        b
        for e in range(options.epochs)
        for b in batches_of(texts, lengths, options.size, options.seed + e)
    ]
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.01, fused=True)
    place, first = options.work / "teacher.checkpoint.pt", 0
    if place.exists():
        state = torch.load(place, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    print(f"{len(texts):,} texts, {len(batches):,} steps, from step {first}", flush=True)
    began = saved = time.time()
    seen, mean = 0, 0.0
    net.train()
    for step in range(first, len(batches)):
        done, warm = step / len(batches), 0.06
        rate = options.rate * min((done + 1e-3) / warm, max(0.02, (1 - done) / (1 - warm)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        at = batches[step]
        with torch.autocast(_DEVICE, torch.bfloat16):
            logits = net(*padded([rows[i] for i in at]))
        loss = loss_of(logits.float(), [texts[i] for i in at], options.together)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        seen += len(at)
        mean = 0.98 * mean + 0.02 * loss.item()
        if step % 100 == 99:
            speed = seen / (time.time() - began)
            print(f"{step + 1}/{len(batches)} loss {mean:.4f}, {speed:.0f} rows/s", flush=True)
        if time.time() - saved > 300:
            state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}
            torch.save(state, place.with_suffix(".new"))
            place.with_suffix(".new").replace(place)
            saved = time.time()
    weights = {k: v.half().contiguous().cpu() for k, v in net.state_dict().items()}
    save_file(weights, options.work / "teacher.safetensors")
    place.unlink(missing_ok=True)


def answered(net: Teacher, texts: Sequence[str]) -> np.ndarray:
    """Return logits (texts, 3)."""
    net.eval()
    rows = net.encode(texts)
    order = np.argsort([len(row) for row in rows])
    logits = np.zeros((len(rows), 3), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 128):
            at = order[start : start + 128]
            logits[at] = net(*padded([rows[i] for i in at])).float().cpu().numpy()
    return logits


def trained(work: Path) -> Teacher:
    """Return the teacher that `train` made."""
    net = Teacher(work)
    net.load(work / "teacher.safetensors")
    return net.to(_DEVICE, torch.bfloat16)  # twice as fast as with casts, on CPUs too


def ask(options: argparse.Namespace) -> None:
    """Answer lines of text: a column of probabilities for each label."""
    texts = options.texts.read_text(encoding="utf-8").splitlines()
    probabilities = softmax(answered(trained(options.work), texts))
    np.savetxt(options.output, probabilities, "%.6g", "\t", header="\t".join(LABELS), comments="")


def answer(options: argparse.Namespace) -> None:
    """Answer files; those that are answered already are left as they are."""
    net = trained(options.work)
    folder = options.work / "scored"
    folder.mkdir(exist_ok=True)
    for path in sorted((options.work / "texts").glob("*.gz")):
        if (folder / path.name).exists():
            continue
        began, file = time.time(), read_texts(path)
        texts = file.texts
        probabilities = softmax(averaged(answered(net, [t.text for t in texts]), texts))
        if file.name == "composed":
            probabilities = _RULE_SHARE * by_rule(texts) + (1 - _RULE_SHARE) * probabilities
            texts = [replace(t, label="") for t in texts]  # no tweets, so nothing to validate on
        column = "emoticon" if file.column == "emoticon" else "label"
        write_answers(folder / path.name, column, texts, probabilities)
        speed = len(texts) / (time.time() - began)
        print(f"{file.name}: {len(texts):,} texts, {speed:.0f}/s", flush=True)


def averaged(logits: np.ndarray, texts: Sequence[Text]) -> np.ndarray:
    """Give all texts of a set their mean: a word for a person must not decide."""
    sets: dict[int, list[int]] = {}
    for i, text in enumerate(texts):
        if text.twins >= 0:
            sets.setdefault(text.twins, []).append(i)
    logits = logits - logits.mean(axis=1, keepdims=True)
    for members in sets.values():
        logits[members] = logits[members].mean(axis=0)
    return logits


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities (texts, 3) in the order of LABELS."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))[:, _ORDER]
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def by_rule(texts: Sequence[Text]) -> np.ndarray:
    """Return what the rule says of sentences (texts, 3); of neutral ones, that neither tone is."""
    rows = {"positive": _SMOOTHED, "neutral": (0.1, 0.8, 0.1), "negative": _SMOOTHED[::-1]}
    return np.array([rows[text.label] for text in texts])


def write_answers(path: Path, label: str, texts: Sequence[Text], probabilities: np.ndarray) -> None:
    """Write labels under this name, probabilities in the order of LABELS, and texts."""
    new = path.with_suffix(".new")
    with gzip.open(new, "wt", encoding="utf-8", compresslevel=3) as file:
        file.write("\t".join([label, *(f"p_{label}" for label in LABELS), "text"]) + "\n")
        for text, row in zip(texts, probabilities.tolist(), strict=True):
            file.write("\t".join([text.label, *(f"{p:.6g}" for p in row), text.text]) + "\n")
    new.replace(path)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    its = commands.add_parser("ask")
    its.set_defaults(run=ask)
    for name in ("work", "texts", "output"):
        its.add_argument(name, type=Path)
    its = commands.add_parser("answer")
    its.set_defaults(run=answer)
    its.add_argument("work", type=Path)
    its = commands.add_parser("train")
    its.set_defaults(run=train)
    its.add_argument("work", type=Path)
    its.add_argument("--from", dest="start", type=Path, help="weights to go on from")
    its.add_argument("--weak", type=int, default=150_000, help="rows labelled by emoticons")
    its.add_argument("--hand", type=int, default=10**9, help="rows labelled by people")
    its.add_argument("--composed", type=float, default=1.0, help="share of the sentences")
    its.add_argument("--twins", type=int, default=100, help="per cent of the sets")
    its.add_argument("--together", type=float, default=1.0, help="weight of twins' variance")
    its.add_argument("--rate", type=float, default=1e-4)
    its.add_argument("--epochs", type=int, default=1)
    its.add_argument("--size", type=int, default=64, help="texts per step")
    its.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    options.run(options)


if __name__ == "__main__":
    main()
