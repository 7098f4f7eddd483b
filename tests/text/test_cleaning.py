"""What looks the same is read as the same, and every character that is read has its place."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstm_sentiment_cli.text.cleaning import (
    NORMALIZER_VERSION,
    cleaned,
    cleaned_chunk,
    decode_entities,
    without_accents,
    without_sequences,
)
from lstm_sentiment_cli.text.normalizer import words

VERSIONS = range(1, NORMALIZER_VERSION + 1)
# What the steps look for, and what is nearly that.
odd = st.sampled_from(
    ["a", "N", "t", "s", "9", "'", "\u2019", "\xb4", "\u02bc", "\x92", "\xc3", "\xc2", "\ufffd",
     "\xe2\u20ac\u2122", "\xe2\x80\x99", "\xef\xbf\xbd", "\\", "\\'", "\\u2019", "&amp;", "&",
     "&acute;", "&shy;", "&amp;rsquo;", ";", "\xad", "\u200b", "\u200d", "\ufe0f", "\u2764", "👩",
     "🏽", "\U000e0067", "e\u0301", "\xe9", "\u0301", "\u0336", "\u1112\u1161", "\u11ab", "\u0958",
     "\u0915\u093c", "\x1b", "\x1b[31m", "\x1b[0 q", "\x1b]0;a b\x07", "\x9b", "\x9b1m", "\x9d",
     "\x9c", "[", "m", ":", "(", "#", "@", ".", "\x85", "\xa0", "\u3000", "\u1fef", "\u212b"]
)  # fmt: skip
odd_texts = st.lists(odd | st.sampled_from([" ", "\n"]) | st.characters()).map("".join)


@pytest.mark.parametrize(
    "mark",
    [
        *"\u2019\u2018\u201a\u201b`\xb4\u2032\u2035\uff07\uff40\u02b9\u02bb\u02bc\u02bd\u02be\u02bf",
        *"\u02c8\u02ca\u02cb\u02f4\u0374\u0384\u055a\u055d\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd",
        *"\u1ffe\u275b\u275c\u275f\ua78b\ua78c",
        *("\x91", "\x92", "\ufffd"),
        *("&#39;", "&apos;", "&rsquo;", "&lsquo;", "&acute;", "&prime;", "&#180;", "&#146;"),
        *("&amp;#39;", "&amp;acute;", "&#x92;", "&acirc;&euro;&trade;"),
        *("\\'", "\\\\'", "\\u2019", "\\x27", "\\xe2\\x80\\x99"),
        *("\xe2\u20ac\u2122", "\xe2\u20ac\u02dc", "\xe2\x80\x99", "\xc2\xb4", "\xc2\x92"),
        *("\xc3\xa2\xe2\u201a\xac\xe2\u201e\xa2", "\xc3\x82\xc2\xb4", "\xef\xbf\xbd"),
        *("\xc3\xaf\xc2\xbf\xc2\xbd", "\u201a\xc4\xf4", "\u0393\xc7\xd6"),
    ],
)
def test_what_looks_like_an_apostrophe_is_one(mark):
    assert words(f"it wasn{mark}t good") == ["it", "was", "n't", "good"]
    assert words(f"It{mark}s WON{mark}T") == ["it's", "wo", "n't"]


@pytest.mark.parametrize(
    "quoted",
    ["\u2018good\u2019", "\u02bbgood\u02bc", "\u201agood\u2018", "`good\xb4", "\x91good\x92"],
)
def test_a_quotation_mark_is_no_part_of_the_word(quoted):
    assert words(quoted) == ["good"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h\xc3\xb4tel", ["h\xe3", "tel"]),  # "hôtel", its UTF-8 read as Latin-1
        ("espa\xc3\x91a", ["espa\xe3", "a"]),
        ("na\ufffdve caf\ufffd", ["na", "ve", "caf"]),
        (":`( :\u2019( :\\ '_'", [":'(", ":'(", ":/", "T_T"]),
        ("a 5\u20326\u2033 man", ["a", "5'6", "man"]),
    ],
)
def test_what_is_no_apostrophe_stays_what_it_is(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    "invisible",
    [
        *"\xad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e",
        *"\u2060\u2064\u2066\u206f\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\U0001bca0\U0001d173",
        *"\U000e0001\U000e0067\U000e0100\U000e0fff",
        *("&shy;", "&zwj;", "&#8203;", "&amp;shy;"),
    ],
)
def test_invisible_characters_are_not_read(invisible):
    assert words(f"this is awfu{invisible}l{invisible}") == ["this", "is", "awful"]
    assert words(f"{invisible}do{invisible}n{invisible}'t") == ["do", "n't"]


@pytest.mark.parametrize(
    ("emoji", "expected"),
    [
        ("👩\u200d👩\u200d👧", ["👩\u200d👩\u200d👧"]),
        ("\u2764\ufe0f\u200d🔥", ["\u2764\u200d🔥"]),
        ("🤷🏽\u200d♀\ufe0f", ["🤷\u200d♀"]),
        ("\u2764\ufe0f", ["\u2764"]),
        ("🏴\U000e0067\U000e0062\U000e007f", ["🏴"]),
        ("1\ufe0f\u20e3", ["1"]),
    ],
)
def test_emoji_are_read_as_before(emoji, expected):
    assert words(emoji) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so cliche\u0301", ["so", "clich\xe9"]),
        ("vie\u0323\u0302t vie\u0302\u0323t", ["vi\u1ec7t", "vi\u1ec7t"]),
        ("caf&#101;&#769;", ["caf\xe9"]),
        ("g\u0336o\u0336o\u0336d\u0336", ["good"]),
        ("b\u030d\u0301\u0359a\u0310\u0311d\u0489", ["bad"]),
        ("\u1112\u1161\u11ab", ["\ud55c"]),
    ],
)
def test_accents_are_composed_and_heaps_of_them_dropped(text, expected):
    assert words(text) == expected


@given(st.text(st.characters(exclude_characters="&\u037e\x1b\x90\x9b\x9d"), max_size=20))
@example("e\u034f\u0301 \u0958\xb4\u0915\u093c \u1fef\u212b q\u0307\u0323")
def test_composed_and_decomposed_texts_are_the_same(text):
    apart, together = (unicodedata.normalize(form, text) for form in ("NFD", "NFC"))

    assert cleaned(apart, 2).text == cleaned(together, 2).text


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[1;31mthis is awful\x1b[0m",
        "this is \x1b[38;5;196maw\x1b[0mful\x1b[K",
        "\x9b31mthis is awful\x9b0m",
        "\x1b]0;a good title\x07this is awful",
        "\x1b]8;;http://example.com\x1b\\this is awful\x1b]8;;\x1b\\",
        "\x9d0;a good title\x9cthis is awful",
        "\x1bPgood\x1b\\this is awful",
        "\x1b(Bthis is awful\x1b=\x1b[0 q\x1b",
        "this is awful \x1b[31",
    ],
)
def test_sequences_for_terminals_are_no_words_and_part_none(text):
    assert words(text) == ["this", "is", "awful"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b]good", "good"),  # without an end
        ("\xe2\x80\x9dgood\xe2\x80\x9c bad", None),  # quotation marks, their UTF-8 as Latin-1
        ("\xf0\x9f\x9b\x91 stop", None),  # an emoji, likewise
        ("[31mgood", None),
    ],
)
def test_what_is_no_sequence_for_terminals_stays(text, expected):
    assert without_sequences(text) == (text if expected is None else expected)


@pytest.mark.parametrize("part", ["\x1b]a", "\x9da", "\x1b[1", "\x9b1", "a\\", "e\u0301", "\x1b "])
def test_a_million_odd_characters_are_cleaned_in_no_time(part):
    text = part * 500_000

    assert len(cleaned_chunk(without_sequences(text))) <= len(text)


@pytest.mark.parametrize("version", VERSIONS)
@given(text=odd_texts)
@example(text="do\xe2\x80\x99t so..\xad.\u200dx a\u3000\u0301 \x1b[ qb \x9d0;a b\x9cc")
def test_a_text_is_cleaned_as_its_chunks_are(version, text):
    chunks = text.split() if version == 1 else without_sequences(text).split()
    clean = decode_entities if version == 1 else cleaned_chunk
    chunks = [clean(chunk) for chunk in chunks]

    assert cleaned(text, version).text.split() == " ".join(chunks).split()


@pytest.mark.parametrize("version", VERSIONS)
@given(text=odd_texts)
def test_every_character_has_its_place_in_the_original(version, text):
    read, starts, ends = cleaned(text, version)

    assert len(read) == len(starts) == len(ends)
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))


def test_the_place_of_a_word_is_without_what_surrounds_it():
    text = "\x1b[1mawfu\xadl\x1b[0m e\u0301t&eacute; na&#239;ve"
    read, starts, ends = cleaned(text, 2)
    places = [
        (starts[read.index(word)], ends[read.index(word) + len(word) - 1]) for word in read.split()
    ]

    assert [text[start:end] for start, end in places] == [
        "awfu\xadl", "e\u0301t&eacute;", "na&#239;ve"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "bare"),
    [("na\xefve", "naive"), ("vi\u1ec7t", "viet"), ("\ud55c", "\ud55c"), ("a", "a")],
)
def test_a_word_without_its_accents(word, bare):
    assert without_accents(word) == bare
