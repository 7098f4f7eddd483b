"""Makes what the teacher reads, tweets and texts made of them: synthetic.py DATA WORK.

Writes WORK/texts/NAME.tsv.gz with the columns label, set (texts that are the same but for the word
for a person; they must get one answer) and text. The first column says whose label it is: `label`
(people's, or none), `emoticon`, `rule`, or `unseen` (of files that nothing may learn).

The kinds of texts that are made are those of R. Tang et al., "Distilling task-specific knowledge
from BERT into simple neural networks", 2019 (pieces, other words), of S. Garg et al.,
"Counterfactual fairness in text classification through robustness", 2019 (twins), and ours:
sentences by rule, negations put in and taken out, tweets joined, and signs put behind.
"""

import gzip
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count, islice
from pathlib import Path

from words import HAND, OTHERS, UNSEEN, WEAK, Lists, Row, read_lists, read_rows, with_articles

from lstm_sentiment_cli.evaluation.behaviour import SUITES, read_suite
from lstm_sentiment_cli.evaluation.people import read_people

Made = tuple[str, int | None, str]  # label, set, text
_TWINS = 4  # texts of a set
_ROWS = {
    "composed": 90_000,
    "twins": 120_000,
    "negated": 200_000,
    "joined": 80_000,
    "turned": 200_000,
    "pieces": 180_000,
    "replaced": 160_000,
    "signed": 30_000,
    "groups": 80_000,
}
# Other kinds are made of tweets and of these, for each tweet so many: a rule says what a sentence
# means, and the teacher what those beside it mean.
_SHARES = {"composed": 0.4, "twins": 0.25}
_KINDS = (
    ("orientation", "orientations"),
    ("religion", "religions"),
    ("nationality", "nationalities"),
    ("ethnicity", "ethnicities"),
    ("gender", "genders"),
    ("age", "ages"),
    ("disability", "disabilities"),
)
_ABOUT_PEOPLE = 0.3
_SLOT_FOR_PEOPLE = re.compile(r"\{(groups?|person)\}")  # one kind of them in a frame
_GAP = "\ue000"  # stands where the word for a person comes


def composed(lists: Lists, draw: random.Random) -> Iterator[Made]:
    """Yield sentences by rule; those about people as sets of twins."""
    about_people = [each for each in lists.frames if _SLOT_FOR_PEOPLE.search(each[1])]
    for number in count():
        frames = about_people if draw.random() < _ABOUT_PEOPLE else lists.frames
        label, frame = draw.choice(frames)
        gap = _SLOT_FOR_PEOPLE.search(frame)
        if gap:
            frame = frame.replace(gap[0], _GAP)
        text = " ".join(lists.fill(f"{{head}} {frame} {{tail}}", draw).split())
        style = draw.choice(_STYLES)
        if gap is None:
            yield label, None, style(text)
            continue
        plural = gap[1] == "groups"
        kinds = ["person"] if gap[1] == "person" else [pair[plural] for pair in _KINDS]
        # Of one kind, or of several.
        words = [
            word
            for kind in draw.choice([[draw.choice(kinds)], kinds])
            for word in lists.lists[kind]
        ]
        for word in draw.sample(words, _TWINS):
            yield label, number, style(with_articles(text.replace(_GAP, _written(word, draw))))


def _written(word: str, draw: random.Random) -> str:
    """Return a word for people as some write it: hard of hearing, hard-of-hearing."""
    return word.replace(" ", "-") if draw.random() < 0.3 else word


def _spoken(text: str) -> str:
    return re.sub(r" (?=[,.!?])", "", text)


_STYLES: Sequence[Callable[[str], str]] = (
    _spoken,
    lambda text: _spoken(text).lower(),
    lambda text: _spoken(text).lower(),
    lambda text: _spoken(text[:1].upper() + text[1:]),
    lambda text: _spoken(text[:1].upper() + text[1:]) + ("" if text[-1] in ".!?" else "."),
    lambda text: _spoken(text).replace("'", ""),
    lambda text: re.sub(r" [,.]", "", text).lower(),
    lambda text: _spoken(text).upper() if len(text) < 40 else _spoken(text),
)

_PERSON = (
    "friend|neighbou?r|teacher|doctor|nurse|mom|mum|dad|mother|father|brother|sister|boss|coworker"
    "|student|person|people|kids?|guys?|girls?|man|men|woman|women|lady|boys?|family|driver|couple"
    "|lawyer|actor|singer|player|waiter|waitress|cop|writer|friends|students|teachers|folks"
)
_BEFORE_PERSON = re.compile(rf"\b(?=(?:{_PERSON})\b)(?<![-@#])", re.IGNORECASE)


def _occurrences(lists: Lists) -> list[tuple[re.Pattern[str], list[str]]]:
    """Return patterns of words for people, each with the words that may stand in its place."""
    found = []
    for kind, plural in _KINDS:
        clear = [word for word in lists.lists[kind] if word not in lists.lists["ambiguous"]]
        either = "|".join(map(re.escape, lists.lists[kind]))
        before = re.compile(rf"\b(?:{either})(?= (?:{_PERSON})\b)", re.IGNORECASE)
        found.append((before, lists.lists[kind]))
        found.append((_any_of(clear), lists.lists[kind]))
        found.append((_any_of(lists.lists[plural]), lists.lists[plural]))
    names = [name for name in lists.lists["person"] if name not in lists.lists["words"]]
    found.append((re.compile(rf"\b(?:{'|'.join(names)})\b"), names))
    return found


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def twins(rows: Sequence[Row], lists: Lists, draw: random.Random) -> Iterator[Made]:
    """Yield sets of tweets: as they are, and with other words for people in the same place."""
    patterns = _occurrences(lists)
    every = _any_of([word for pattern in patterns for word in pattern[1] if " " not in word])
    adjectives = [lists.lists[kind] for kind, _ in _KINDS]
    every_adjective = [word for its in adjectives for word in its]
    for number, row in enumerate(draw.sample(rows, len(rows))):
        text = row.text
        variants: list[str] = []
        if every.search(text):
            for pattern, words in patterns:
                if match := pattern.search(text):
                    others = draw.sample(words, _TWINS - 1)
                    variants = [text[: match.start()] + new + text[match.end() :] for new in others]
                    break
        # Most tweets about people name no group: some of them do now.
        if not variants and draw.random() < 0.5 and (place := _BEFORE_PERSON.search(text)):
            words = draw.choice([draw.choice(adjectives), every_adjective])
            at = place.start()
            new = [_written(word, draw) for word in draw.sample(words, _TWINS - 1)]
            variants = [f"{text[:at]}{word} {text[at:]}" for word in new]
        if variants:
            lower = text.islower()
            for each in (text, *variants):
                yield "", number, with_articles(each.lower() if lower else each)


_ANYBODY = re.compile(
    r"\b(?<![-@#])(?:people|they|everyone|everybody|folks|some people|most people|many people)\b",
    re.IGNORECASE,
)


def groups(rows: Sequence[Row], lists: Lists, draw: random.Random) -> Iterator[Made]:
    """Yield sets of tweets in which groups stand for people in general, most of them cut short."""
    ages = [f"{number}-year-old" for number in lists.lists["decade"]]
    plural = [*(lists.lists[kind] for _, kind in _KINDS), [f"{age}s" for age in ages]]
    singular = [*(lists.lists[kind] for kind, _ in _KINDS), ages, lists.lists["age"] + ages]
    for number, row in enumerate(draw.sample(rows, len(rows))):
        text = row.text
        if place := _ANYBODY.search(text):
            words = draw.choice(plural)
        elif draw.random() < 0.2 and (place := _BEFORE_PERSON.search(text)):
            words = [f"{_written(word, draw)} " for word in draw.choice(singular)]
        else:
            continue
        before, behind = text[: place.start()], text[place.end() :]
        if draw.random() < 0.7:
            before = " ".join(before.split(" ")[-draw.randint(1, 4) :])
            behind = " ".join(behind.split(" ")[: draw.randint(4, 10)])
        for word in draw.sample(words, _TWINS):
            each = with_articles(before + word + behind)
            yield "", number, each.lower() if draw.random() < 0.5 else each


def _rules(*rules: tuple[str, ...]) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    return [(re.compile(rf"\b{pattern}", re.IGNORECASE), new) for pattern, *new in rules]


_AUXILIARY = "do|does|did|is|are|was|were|would|could|should|has|have|had"
_TAKE_OUT = _rules(
    (rf"({_AUXILIARY})(?:n't|nt| not)\b", r"\1"),
    (r"(?:can'?t|cannot|can not)\b", "can"),
    (r"won'?t\b", "will"),
    (r"never\b", "always"),
    (r"not\s+(?!only)", ""),
    (r"no (?=\w)", "some "),
    (r"nothing\b", "everything"),
    (r"(?:nobody|no one)\b", "everybody"),
)
_FEELING = "love|like|enjoy|want|need|hate|miss|feel|think|know"
_PUT_IN = _rules(
    (r"(is|are|was|were)\b(?! not)", r"\1 not", r"\1n't", r"\1nt", r"\1 never", r"\1 hardly"),
    (
        r"(i'?m|you'?re|it'?s|that'?s|they'?re|i am)\b(?! not)",
        *(r"\1 not", r"\1 not at all", r"\1 never", r"\1 far from"),
    ),
    (
        rf"(i|we|you|they) ({_FEELING})\b",
        *(r"\1 don't \2", r"\1 do not \2", r"\1 dont \2", r"\1 never \2", r"\1 can't \2"),
    ),
    (r"(can|could|would|should|will)\b(?! not)", r"\1 not", r"\1 never"),
    (r"(love|like|enjoy|hate)\b", r"don't \1", r"never \1"),
    (r"a (good|great|bad|nice|new|happy|sad)\b", r"not a \1", r"hardly a \1"),
)


def negated(texts: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Yield texts with a negation more, or one less."""
    for given in texts:
        text = given.replace("\u2019", "'")
        for rules in (_TAKE_OUT, _PUT_IN):
            if fitting := [rule for rule in rules if rule[0].search(text)]:
                pattern, new = draw.choice(fitting)
                yield pattern.sub(draw.choice(new), text, count=1)
                break


def joined(texts: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Yield two short texts in one."""
    short = [text for text in texts if 3 <= text.count(" ") <= 12]
    words = (
        ". ",
        ", but ",
        " but ",
        ", and ",
        " although ",
        ", yet ",
        "... ",
        ", still ",
        "! ",
        " because ",
    )
    while True:
        one, other = draw.sample(short, 2)
        yield one.rstrip(".!?, ") + draw.choice(words) + other[:1].lower() + other[1:]


# What is said about a sentence, A, or beside it, B.
_TURNS = """
i used to say A, these days B / back then: A. now: B / A. that was last year. today B
A, not any more / not any more: A / it is no longer true that A / gone are the days when A
no more A / a month ago: A. since then: B / for years A. and then B / it used to be A, it isn't
i thought that A, i was wrong / i was sure that A, turns out B / and there i was thinking A. B
expected: A. got: B / i was afraid that A. B / who knew that A / i never thought that A, but B
i was told that A. it's the other way round / it looked like A. it wasn't / it began with A. B
everyone says A, i say B / my mum: A. me: B / A, says my brother. don't believe him / they say A
the reviews said A. B / they keep telling me that A. nope / unlike them i can't say that A
A is what they want me to say / call me crazy, but A / you may say A, all i can say is B
i don't think that A / it's not true that A / i can't say that A / i never said that A
nobody can tell me that A / there is no way that A / i doubt that A / not once did i think A
no one i know would say A / nobody thinks that A / i wouldn't say A / i refuse to believe that A
it isn't that A, it's that B / not A, but B / neither A nor B / far from A / anything but A
A, said nobody ever / A, not / A... yeah right / A? not at all / A? no. B / A? yes! / A? nope
is it true that A? no / is it true that A? yes / did i say A? i meant B / A? i wish / A? B
if only A / i wish that A / it would be nice if A / let's hope that A / imagine if A / hopefully A
could have been worse: A / if A i would tell you / unless A, B / as long as A, B / were it not A
A, but that doesn't matter, B / even if A, B / despite A, B / yes, A. still, B / apart from A, B
A, but who cares / A and i love it / A and i hate it / so glad that A / so sad that A / A, at last
can't believe that A / i don't mind that A / A, which is fine by me / thank god A is over / A again
i couldn't care less that A / what i like: A. what i don't: B / on the one hand A, on the other B
"""


def turned(texts: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Yield short texts within words that change what they say, or whose view it is."""
    short = [text.rstrip(".!?, ") for text in texts if 1 <= text.count(" ") <= 9]
    turns = re.split(r" / |\n", _TURNS.strip())
    while True:
        pair = dict(zip("AB", draw.sample(short, 2), strict=True))
        parts = re.split(r"\b([AB])\b", draw.choice(turns))
        yield "".join(
            pair[part][:1].lower() + pair[part][1:] if part in pair else part for part in parts
        )


def pieces(texts: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Yield runs of words."""
    for text in texts:
        words = text.split()
        if len(words) > 4:
            size = draw.randint(1, len(words) - 1)
            start = draw.randint(0, len(words) - size)
            yield " ".join(words[start : start + size])


def replaced(texts: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Yield texts in which a fifth of the words are those of other texts."""
    others = [word for text in draw.sample(texts, 20_000) for word in text.split()]
    for text in texts:
        words = [draw.choice(others) if draw.random() < 0.2 else word for word in text.split()]
        yield " ".join(words)


def signed(texts: Sequence[str], lists: Lists, draw: random.Random) -> Iterator[str]:
    """Yield texts with an emoji or emoticon behind, one to three times."""
    signs = lists.lists["goodsign"] + lists.lists["badsign"]
    for text in texts:
        sign = draw.choice(signs)
        yield f"{text} {sign if sign.isascii() else sign * draw.randint(1, 3)}"


def _measured_by() -> set[str]:
    """Return the words of all texts of the suites, which nothing may learn."""
    cases = (case for name in SUITES for case in read_suite(name).cases)
    texts = chain.from_iterable((case.text, case.other) for case in cases)
    people = chain.from_iterable(each.texts for each in read_people().sets)
    return set(map(_words, chain(texts, people)))


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+|[^\w\s]{2,}|[^\x00-\x7f]", text.lower()))


_OF_TEXTS = {
    "negated": negated,
    "joined": joined,
    "turned": turned,
    "pieces": pieces,
    "replaced": replaced,
}


def _unlabelled(texts: Iterator[str]) -> Iterator[Made]:
    return (("", None, text) for text in texts)


def _write(path: Path, column: str, texts: Iterable[Made]) -> list[str]:
    """Write texts, and return them."""
    written = []
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        file.write(f"{column}\tset\ttext\n")
        for label, number, text in texts:
            file.write(f"{label}\t{'' if number is None else number}\t{text}\n")
            written.append(text)
    print(f"{path}: {len(written):,} texts", file=sys.stderr, flush=True)
    return written


def _made(
    kind: str, rows: Sequence[Row], lists: Lists, before: dict[str, list[str]]
) -> Iterator[Made]:
    """Yield texts of a kind, none twice and none of the suites, with the same seed each time.

    before: the texts of the kinds that were made before this one.
    """
    draw, most = random.Random(kind), _ROWS[kind]
    made: Iterator[Made]
    if kind == "composed":
        made = composed(lists, draw)
    elif kind in {"twins", "groups"}:
        made = (twins if kind == "twins" else groups)(rows, lists, draw)
    elif kind == "signed":
        made = _unlabelled(signed([row.text for row in draw.sample(rows, 2 * most)], lists, draw))
    else:
        tweets = draw.sample(rows, min(len(rows), 3 * most))
        texts = [row.text for row in tweets]
        for other, share in _SHARES.items():
            texts += draw.sample(before[other], min(len(before[other]), int(share * len(tweets))))
        draw.shuffle(texts)
        made = _unlabelled(_OF_TEXTS[kind](texts, draw))
    seen, measured_by = {""}, _measured_by()
    for label, number, text in islice(made, most):
        if text not in seen and _words(text) not in measured_by:
            seen.add(text)
            yield label, number, text


def main(data: Path, work: Path) -> None:
    """Write the files of tweets as the teacher reads them, and all kinds made of those to learn."""
    lists = read_lists("frames.txt", "people.txt")
    folder = work / "texts"
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    kinds = (("label", HAND), ("emoticon", WEAK), ("label", OTHERS), ("unseen", UNSEEN))
    for column, names in kinds:
        for name in names:
            its = list(read_rows(data, name))
            _write(folder / f"{name}.tsv.gz", column, ((row.label, None, row.text) for row in its))
            rows += its if column != "unseen" else []
    made: dict[str, list[str]] = {}
    for kind in _ROWS:
        column = "rule" if kind in ("composed", "twins", "groups") else "label"
        path = folder / f"{kind}.tsv.gz"
        made[kind] = _write(path, column, _made(kind, rows, lists, made))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
