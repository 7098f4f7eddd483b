import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.text.normalizer import (
    TOKEN,
    emoji_words,
    pieces,
    shorten,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I LOVE it", ["i", "love", "it"]),
        ("Fish &amp; chips &lt;3 &amp;lt;3", ["fish", "and", "chips", "<3", "<3"]),
        ("@someone see https://example.com/a?b=c", ["<user>", "see", "<url>"]),
        ("www.example.com or example.com/x", ["<url>", "or", "<url>"]),
        ("write to me@example.com", ["write", "to", "<email>"]),
        ("first.last@example.com, ok", ["<email>", "ok"]),
        ("thanks...@you...may", ["thanks", "...", "<user>", "...", "may"]),
        ("soooo goooood", ["soo", "good"]),
        ("hahahahaha", ["haha"]),
        ("#BestDayEver #sad", ["#", "best", "day", "ever", "#", "sad"]),
        ("I don't, can't, won't", ["i", "do", "n't", "can", "n't", "wo", "n't"]),
        ("dont cant didnt", ["do", "n't", "can", "n't", "did", "n't"]),
        ("don\u2019t", ["do", "n't"]),
        ("it's fine", ["it's", "fine"]),
        ("what?!?! no!!!! why???", ["what", "?!", "no", "!!", "why", "??"]),
        ("well...", ["well", "..."]),
        ("well\u2026", ["well", "..."]),
        ("at 5:30 with 12 of 1000", ["at", "5", "30", "with", "12", "of", "<number>"]),
        ("gr8 2day", ["gr8", "2day"]),
        ("\uff2c\uff2f\uff36\uff25", ["love"]),
        ("👍🏽 👍", ["👍", "👍"]),
        ("😂😂😂😂", ["😂", "😂"]),
        ("", []),
        (" \t\n ", []),
    ],
)
def test_rules(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("folded", "variants"),
    [
        (":)", [":)", ":-)", "=)", ":]", ":))))", "(:", ":3"]),
        (":(", [":(", ":-(", "=(", ":[", ":((", "):", ":c", "D:"]),
        (":D", [":D", ":-D", "xD", "XDD", "=D"]),
        (";)", [";)", ";-)", ";D"]),
        (":P", [":P", ":p", ":-P"]),
        (":'(", [":'(", ":'-(", ":'["]),
        (":')", [":')"]),
        (":/", [":/", ":-/", ":\\", ":S"]),
        ("<3", ["<3", "<333"]),
        ("</3", ["</3"]),
        ("^_^", ["^_^", "^.^", "^^"]),
        ("T_T", ["T_T", "T.T", ";_;"]),
        ("-_-", ["-_-", "-.-", "u_u", "=_="]),
        ("o_o", ["o_o", "O.O", "o__O"]),
        (">_<", [">_<", ">.<"]),
    ],
)
def test_variants_of_an_emoticon_are_one_token(folded, variants):
    assert {tuple(words(variant)) for variant in variants} == {(folded,)}


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "note:so",
        "(see below): more",
        "5:30",
        "a;b",
        "x 3",
        "u.u",
        "o.t",
        "'...'",
    ],
)
def test_what_only_looks_like_an_emoticon_is_none(text):
    assert not {":/", ":(", ":)", ":O", ";)", ":3", "^_^", "T_T", "-_-", "o_o"} & set(words(text))


def test_elongation_has_a_form_of_one_letter_too():
    assert shorten("sooooo") == ("soo", "so")
    assert shorten("book") == ("book",)


@given(st.text(alphabet="aAb\u00e9", max_size=12) | st.text())
def test_the_look_before_the_search_for_elongations_misses_none(word):
    elongated = re.search(r"(.{1,2})\1\1", word) is not None

    assert (len(shorten(word)) == 2) == elongated


def test_an_emoji_is_described_by_its_unicode_name():
    assert emoji_words("💔") == ["broken", "heart"]


@given(st.from_regex(r"[A-Za-z]{1,12}[,.\"]?", fullmatch=True))
def test_the_short_way_for_plain_words_says_what_the_rules_say(chunk):
    by_the_rules = [form.forms[0] for match in TOKEN.finditer(chunk) for form in pieces(match)]

    assert words(chunk) == by_the_rules
