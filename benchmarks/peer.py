"""A peer as a whole program: texts in, probabilities out. Runs in .venv-peers, without the package.

    python benchmarks/peer.py train PEER EXAMPLES MODEL
    python benchmarks/peer.py predict PEER MODEL TEXTS OUTPUT
    python benchmarks/peer.py versions

PEER is vader, textblob, fasttext, fasttext-small or tfidf; MODEL a folder, which the first two do
without. EXAMPLES are lines of label, weight and text with tabs between, TEXTS are lines. OUTPUT
has a line for each text: the probabilities of the labels that its first line names; lexicons have
no probabilities and write their score, from -1 to 1.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[float]]
Answerer = tuple[Sequence[str], Callable[[list[str]], Rows]]
"""Names of the columns, and what answers texts."""

PACKAGES = ("vaderSentiment", "textblob", "fasttext-wheel", "scikit-learn", "numpy")
SCORE = "score"
_AT_A_TIME = 4096
_MARK = "__label__"
# As fastText's own tutorial prepares texts: lower case, signs apart.
_SIGNS = re.compile(r"([.!?,'/()])")
# Signs too: of the halves to choose by 0.006 and 0.010 more are right than with words alone.
_WORD_OR_SIGN = r"\w+|[^\w\s]+"
_SEED = 1


def vader(_model: Path) -> Answerer:
    """Return VADER, C. J. Hutto and E. Gilbert 2014."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scores = SentimentIntensityAnalyzer().polarity_scores
    return [SCORE], lambda texts: [[scores(text)["compound"]] for text in texts]


def textblob(_model: Path) -> Answerer:
    """Return TextBlob with its own lexicon."""
    from textblob import TextBlob

    return [SCORE], lambda texts: [[TextBlob(text).sentiment.polarity] for text in texts]


def fasttext(model: Path, file: str = "fasttext.bin") -> Answerer:
    """Return fastText, A. Joulin and others 2017."""
    import fasttext as library

    # It warns of its own interface.
    library.FastText.eprint = lambda *_told: None
    network = library.load_model(str(model / file))
    labels = sorted(network.get_labels())

    def answer(texts: list[str]) -> Rows:
        # Asked for several labels of many texts at once, it gives all of them the first one's
        # probability; so it is asked for the first, and the others share what is left.
        named, probabilities = network.predict([_spaced(text) for text in texts], k=1)
        return [_row(*each) for each in zip(named, probabilities, strict=True)]

    def _row(named: Sequence[str], probabilities: Sequence[float]) -> Sequence[float]:
        if not named:  # of a text without any word it knows it says nothing
            return [1 / len(labels)] * len(labels)
        best = min(float(probabilities[0]), 1.0)
        rest = (1 - best) / (len(labels) - 1)
        return [best if label == named[0] else rest for label in labels]

    return [label.removeprefix(_MARK) for label in labels], answer


def fasttext_small(model: Path) -> Answerer:
    """Return fastText, quantised: it is loaded fastest."""
    return fasttext(model, "fasttext.ftz")


def tfidf(model: Path) -> Answerer:
    """Return logistic regression on TF-IDF of words and pairs of words."""
    import joblib

    pipeline = joblib.load(model / "tfidf.joblib")
    return pipeline.classes_.tolist(), lambda texts: pipeline.predict_proba(texts).tolist()


def train_fasttext(examples: Path, model: Path) -> None:
    """Train on one thread, so that two runs make the same network; it knows no weights."""
    import fasttext as library

    prepared = model / "fasttext.txt"
    with prepared.open("w", encoding="utf-8") as file:
        for label, _, text in _examples(examples):
            file.write(f"{_MARK}{label} {_spaced(text)}\n")
    network = library.train_supervised(
        str(prepared), lr=0.1, epoch=3, dim=50, wordNgrams=2, minCount=2, bucket=500_000,
        thread=1, seed=_SEED, verbose=0,
    )  # fmt: skip
    network.save_model(str(model / "fasttext.bin"))
    network.quantize(
        str(prepared), qnorm=True, cutoff=50_000, retrain=True, epoch=1, thread=1, verbose=False
    )
    network.save_model(str(model / "fasttext.ftz"))
    prepared.unlink()


def train_tfidf(examples: Path, model: Path) -> None:
    """Train with the weights of the examples."""
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    labels, weights, texts = zip(*_examples(examples), strict=True)
    pipeline = make_pipeline(
        TfidfVectorizer(
            ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=_WORD_OR_SIGN
        ),
        LogisticRegression(C=2.0, max_iter=300, random_state=_SEED),
    )
    pipeline.fit(texts, labels, logisticregression__sample_weight=[float(each) for each in weights])
    joblib.dump(pipeline, model / "tfidf.joblib")


PEERS = {
    "vader": vader,
    "textblob": textblob,
    "fasttext": fasttext,
    "fasttext-small": fasttext_small,
    "tfidf": tfidf,
}
TRAINED = {"fasttext": train_fasttext, "tfidf": train_tfidf}


def predict(peer: str, model: Path, texts: Path, output: Path) -> None:
    """Answer a file of texts, holding few of them in memory."""
    columns, answer = PEERS[peer](model)
    lines = _lines(texts)
    with output.open("w", encoding="utf-8") as file:
        file.write("\t".join(columns) + "\n")
        while window := list(islice(lines, _AT_A_TIME)):
            file.writelines("\t".join(map(str, row)) + "\n" for row in answer(window))


def _examples(path: Path) -> Iterator[list[str]]:
    return (line.split("\t", 2) for line in _lines(path))


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.rstrip("\n")


def _spaced(text: str) -> str:
    return _SIGNS.sub(r" \1 ", text.lower())


def main(command: str, *arguments: Any) -> None:
    """Do what is asked."""
    if command == "versions":
        print(json.dumps({name: version(name) for name in PACKAGES}))
    elif command == "train":
        peer, examples, model = arguments
        TRAINED[peer](Path(examples), Path(model))
    else:
        peer, *paths = arguments
        predict(peer, *map(Path, paths))


if __name__ == "__main__":
    main(*sys.argv[1:])
