import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.text.language import plainly_not_english

SAMPLE = Path(__file__).parents[2] / "data" / "sample.csv"


@pytest.mark.parametrize(
    "text",
    [
        "mi perro se comió mis zapatos",
        "não aguento mais essa chuva",
        "j'ai raté mon bus ce matin",
        "der zug hat schon wieder verspätung",
        "che brutto film, ho dormito",
        "ik heb geen zin in school",
        "selamat pagi semua, hujan lagi",
        "ang pangit ng pelikula",
        "bugün hava çok güzel",
        "dzisiaj jest piękny dzień",
        "det är en underbar dag",
        "olen niin väsynyt tänään",
        "nu mai pot cu ploaia asta",
        "hôm nay tôi rất vui",
        "nagyon fáradt vagyok ma",
        "сегодня отличный день",
        "σήμερα είναι ωραία μέρα",
        "اليوم جميل جدا",
        "איזה יום יפה",
        "आज का दिन बहुत अच्छा है",
        "今日はとても楽しかった",
        "今天真开心",
        "오늘 정말 행복해",
        "วันนี้ดีมาก",
        "@you ich bin heute nicht da http://x.co/a #and #the",
    ],
)
def test_what_is_in_another_language_is_noticed(text):
    assert plainly_not_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lol",
        "😂😂😂",
        "!!!",
        "@müller http://x.de/über #schön",
        "omg nooo hahaha",
        "la la la la",
        "de la soul at the arena",
        "Rio de Janeiro here i come",
        "que sera sera",
        "pain au chocolat for breakfast",
        "danke schön for the gift",
        "i love 東京 so much",
        "Привет from Moscow, having a great time",
        "\U0001d4f2 \U0001d4f5\U0001d4f8\U0001d4ff\U0001d4ee",  # "i love" in script letters
        "ÂÂ Ã©Ã© whatever",
        "très chic",
    ],
)
def test_names_loan_words_and_songs_are_no_other_language(text):
    assert not plainly_not_english(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i don\xb4t think it\u2018s mine", False),
        ("ich bin heu\xadte ni\u200bcht da", True),
        ("je suis tre\u0300s fatigue\u0301e", True),
        ("\x1b[1;31mthis is awful\x1b[0m", False),
    ],
)
def test_a_text_is_looked_at_as_it_is_read(text, expected):
    assert plainly_not_english(text) is expected


def test_no_sentence_of_the_sample_is_taken_for_another_language():
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        taken = [row["text"] for row in csv.DictReader(file) if plainly_not_english(row["text"])]

    assert taken == []


@given(st.text(st.characters()))
def test_any_text_is_answered(text):
    assert plainly_not_english(text) in {True, False}
