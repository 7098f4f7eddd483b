"""The real program in a real pseudo-terminal: what is asked, and what is answered."""

import re
from pathlib import Path

import pytest

from lstm_sentiment_cli.cli.settings import FILE_NAME
from tests.terminal_emulator import COLOUR, CTRL_C, ENTER, TAB, UP


def test_a_sentence_is_answered_by_bars_as_wide_as_the_terminal(repl, tiny_model):
    with repl() as terminal:
        terminal.wait_for_prompt()
        *banner, space, _ = terminal.above
        echo, first, second, empty = terminal.ask(f"i love this{ENTER}")

        assert (len(banner), space) == (2, "")
        assert f"model {tiny_model.name}" in banner[0]
        assert echo == "> i love this"
        assert re.fullmatch(r"▸ positive +\d+\.\d% █+[▏▎▍▌▋▊▉]?", first)
        assert re.fullmatch(r"  negative +\d+\.\d%( [█▏▎▍▌▋▊▉]+)?", second)
        assert first.index("%") == second.index("%")
        assert empty == ""
        terminal.leave()


def test_what_is_typed_before_the_model_is_loaded_is_answered(repl):
    with repl() as terminal:
        terminal.send(f"i love this{ENTER}/mo")
        terminal.wait_for("%", times=2)
        terminal.wait_for("switch to one")

        assert "> /mo" in terminal.text


def test_empty_input_prompts_again(shared):
    terminal = shared()
    terminal.send(ENTER + ENTER)
    terminal.wait_for(">\n>\n>")

    assert "%" not in terminal.text


def test_each_line_of_a_paste_is_a_text_even_a_command(shared):
    terminal = shared()
    terminal.paste("i love this\n/quit\nworst day ever")
    terminal.wait_for_answers(3)

    table = [line for line in terminal.lines if "%" in line]
    assert [line.split()[0] for line in table] == ["positive", table[1].split()[0], "negative"]
    assert [line[line.index("%") + 13 :] for line in table] == [
        "i love this",
        "/quit",
        "worst day ever",
    ]


def test_fifty_pasted_lines_are_scored_each(shared):
    pasted = [f"i love number {number}" for number in range(49)]
    pasted.insert(20, "/quit")
    terminal = shared(columns=60, rows=120)
    terminal.paste("".join(f"{line}\n" for line in pasted))
    terminal.wait_for_answers(50)

    table = [line for line in terminal.lines if "%" in line]
    assert [line[line.index("%") + 13 :].strip() for line in table] == pasted


def test_commands(shared):
    terminal = shared()
    assert terminal.ask(f"/hlep{ENTER}")[1:] == [
        "error: unknown command /hlep (did you mean '/help'?); //hlep scores it as a text",
        "",
    ]
    assert "%" not in terminal.text
    assert "/model [NAME]" in "\n".join(terminal.ask(f"/help{ENTER}"))
    assert terminal.ask(f"/model no-such-model{ENTER}")[1].startswith("error: ")
    assert "positive" in "\n".join(terminal.ask(f"//love{ENTER}"))
    assert "%" in "\n".join(terminal.ask(f":({ENTER}"))


def test_an_answer_explains_itself(shared):
    terminal = shared("--explain")
    answer = terminal.ask(f"i love this and hate that{ENTER}")

    terminal.wait_for_foot("explain on")
    assert answer.count("i love this and hate that") == 1
    assert any(re.search(r"love \+\d\.\d\d", line) for line in answer)
    assert any(re.search(r"hate \u2212\d\.\d\d", line) for line in answer)
    assert "what each word adds" in "\n".join(terminal.ask(f"/why{ENTER}"))
    terminal.ask(f"/explain off{ENTER}")
    assert len(terminal.ask(f"i love this and hate that{ENTER}")) == 4


def test_two_models_answer_side_by_side(repl, golden_model):
    with repl("--compare", str(golden_model)) as terminal:
        answer = terminal.ask(f"i love this{ENTER}")
        bars = [line for line in answer if "%" in line]

        assert [line.count("%") for line in bars] == [2, 2]
        assert any(golden_model.name in line for line in answer)
        terminal.wait_for_foot(f"compared with {golden_model.name}")
        terminal.leave()


def test_answers_have_colours(shared):
    terminal = shared()
    terminal.ask(f"i love this{ENTER}")

    assert COLOUR.search(terminal.raw)


@pytest.mark.parametrize(
    ("options", "environment"), [((), {"NO_COLOR": "1"}), (("--no-color",), {})]
)
def test_colours_can_be_switched_off(repl, options, environment):
    with repl("--explain", *options, **environment) as terminal:
        answer = "\n".join(terminal.ask(f"i love this{ENTER}"))
        terminal.send("i lo")
        terminal.wait_for("> i love this")  # the suggestion too
        terminal.clear()
        terminal.send("/mo")
        terminal.wait_for("switch to one")  # and the menu

        assert "+love" in answer
        assert not COLOUR.search(terminal.raw)


def test_a_dumb_terminal_gets_no_escape_codes(repl):
    with repl(TERM="dumb") as terminal:
        assert terminal.ask(f"i love this{ENTER}")[1].endswith("####")
        terminal.send("half a senten")
        terminal.wait_for("> half a senten")
        terminal.send(CTRL_C)
        terminal.wait_for("Ctrl-D or /quit leaves\n>")
        terminal.leave()

        assert b"\x1b" not in terminal.raw
        assert terminal.raw.replace(b"\r\n", b"").isascii()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
def test_an_encoding_without_blocks(repl, environment):
    with repl("--explain", **environment) as terminal:
        answer = terminal.ask(f"i love this{ENTER}")
        terminal.send("/mo")
        terminal.wait_for("switch to one")

        assert answer[1].startswith("> positive")
        assert answer[1].endswith("####")
        terminal.wait_for_foot("default - threshold 0.5 - explain on")
        assert terminal.raw.isascii()
        terminal.clear()
        terminal.leave()


@pytest.mark.parametrize("option", ["--model", "--compare"])
def test_a_model_that_is_not_there_is_one_line_and_nothing_before_it(repl, tmp_path, option):
    with repl(option, str(tmp_path / "nope")) as terminal:
        assert terminal.wait_for_exit() == 1

        assert terminal.lines[0].startswith("error: model folder ")
        assert terminal.text.count("error: ") == 1
        assert "Ctrl-D leaves" not in terminal.text
        assert "Traceback" not in terminal.text
        assert b"1m>" not in terminal.raw


def test_a_damaged_model_is_one_line(repl, tmp_path):
    with repl(model=tmp_path) as terminal:
        assert terminal.wait_for_exit() == 1

        errors = [line for line in terminal.lines if line.startswith("error: ")]
        assert len(errors) == 1
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("columns", [20, 40, 120])
def test_bars_fit_every_width(shared, columns):
    answer = shared(columns=columns).ask(f"i love love love love it{ENTER}")
    bars = [line for line in answer if "%" in line]

    assert len(bars) == 2
    assert columns - 4 <= len(bars[0]) <= columns


def test_a_slash_opens_a_menu_of_commands(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send("/")
        terminal.wait_for("/history")
        assert "/explain" in terminal.text
        terminal.send("mo")
        terminal.wait_for(lambda text: "/model" in text and "/explain" not in text)
        terminal.send(TAB)
        terminal.wait_for("> /model")
        terminal.send(" d")
        terminal.wait_for(lambda text: "default" in text.split("> /model d", 1)[-1].split("\n")[1])
        terminal.send(TAB)
        terminal.wait_for("> /model default")
        terminal.send(ENTER)
        terminal.wait_for("model default: positive, negative")
        terminal.leave()
        assert "/explain" not in terminal.text


def test_texts_open_no_menu(shared):
    terminal = shared()
    for text in ("mo", "//mo", ":/", " /mo"):
        terminal.send(text)
        terminal.wait_for(f"> {text}")
        terminal.send(TAB)
        terminal.clear()

    assert "/model" not in terminal.raw.decode()


def test_the_toolbar_says_how_the_next_sentence_is_answered(repl):
    with repl() as terminal:
        terminal.wait_for_foot("default · threshold 0.5 · explain off")
        terminal.ask(f"i love this{ENTER}")
        terminal.wait_for_foot(" ms")
        terminal.ask(f"/threshold 0.7{ENTER}")
        terminal.ask(f"/explain on{ENTER}")
        terminal.wait_for_foot("default · threshold 0.7 · explain on · ")
        assert b"\x1b[7m" not in terminal.raw  # nothing is reversed
        terminal.leave()
        assert "threshold 0.5" not in terminal.text


@pytest.mark.parametrize(("columns", "rows", "room"), [(60, 10, 1), (59, 24, 0), (80, 9, 0)])
def test_a_small_terminal_has_no_toolbar(shared, columns, rows, room):
    terminal = shared(columns=columns, rows=rows)
    terminal.send(f"i love this{ENTER}")
    terminal.wait_for_answers()

    if room:
        terminal.wait_for_foot("explain off")
    assert terminal.text.count("explain off") == room


def test_a_resized_window_is_drawn_anew(repl):
    with repl(columns=40, rows=30) as terminal:
        terminal.wait_for_prompt()
        terminal.send("i love love love love it")
        terminal.wait_for("love it")
        terminal.resize(100, 30)
        terminal.wait_for_foot("default · threshold 0.5")
        assert terminal.above[-1] == "> i love love love love it"
        answer = terminal.ask_on(ENTER)
        assert 96 <= max(map(len, answer)) <= 100

        terminal.resize(50, 20)
        terminal.wait_for(lambda text: "threshold" not in text.split("\n")[-1])
        answer = terminal.ask(f"i love this{ENTER}")
        assert 46 <= max(map(len, answer)) <= 50
        terminal.leave()


def test_a_conversation_begins_as_its_settings_say(repl, folder, tiny_model):
    user = folder / "lstm-sentiment" / FILE_NAME
    user.parent.mkdir()
    user.write_text("[repl]\nvi = true\nthreshold = 0.9\n")
    Path(FILE_NAME).write_text("[repl]\nthreshold = 0.7\nexplain = true\n")

    options = ["--uncertain", "0.4,0.6", "--compare", str(tiny_model), "--no-history"]
    with repl(*options, columns=200) as terminal:
        rows = [line.split() for line in terminal.ask(f"/set{ENTER}")]

        assert ["model", str(tiny_model), "--model"] in rows
        assert ["compare", str(tiny_model), "--compare"] in rows
        assert ["threshold", "0.7", FILE_NAME] in rows
        assert ["uncertain", "0.4,0.6", "--uncertain"] in rows
        assert ["explain", "on", FILE_NAME] in rows
        assert ["history", "off", "--no-history"] in rows
        assert ["vi", "on", str(user)] in rows
        assert ["corrections", "corrections.csv", "default"] in rows

        terminal.ask(f"/threshold 0.6{ENTER}")
        rows = [line.split() for line in terminal.ask(f"/set{ENTER}")]
        assert ["threshold", "0.6", "typed", "here"] in rows
        terminal.leave()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--threshold", "2"], "error: threshold must be between 0 and 1, got 2"),
        (["--uncertain", "x"], "error: --uncertain takes LOW,HIGH, such as 0.4,0.6; got 'x'"),
        (["--corrections", "a.txt"], "error: corrections are saved as csv, but a.txt is not one"),
        (["--compare", "nope"], "error: no model 'nope'"),
    ],
)
def test_what_is_wrong_at_the_start_is_one_line(repl, options, said):
    with repl(*options, columns=200) as terminal:
        assert terminal.wait_for_exit() == 1
        assert said in terminal.text


def test_the_history_keeps_what_its_user_wants_kept(repl, kept):
    with repl() as terminal:
        terminal.ask(f"/history off{ENTER}")
        terminal.ask(f"a secret{ENTER}")
        terminal.ask(f"/history on{ENTER}")
        terminal.ask(f"i love this{ENTER}")
        assert kept.read_text() == '"/history off"\n"i love this"\n'

        terminal.ask(f"/history clear{ENTER}")
        terminal.ask(f"worst day ever{ENTER}")
        terminal.ask(f" a secret{ENTER}")
        terminal.ask(f"/history off{ENTER}")
        terminal.ask(f"another secret{ENTER}")
        assert kept.read_text() == '"worst day ever"\n"/history off"\n'

        terminal.ask(f"/history clear{ENTER}")
        terminal.send(UP)  # there is nothing to go back to
        terminal.settle()
        terminal.leave()

    assert kept.read_bytes() == b""


def test_without_history_nothing_is_kept_but_earlier_entries_can_be_cleared(repl, kept):
    with repl("--no-history") as terminal:
        terminal.ask(f"i love this{ENTER}")
        assert list(kept.parent.iterdir()) == []

        kept.write_text('"i love this"\n')
        assert "history cleared" in terminal.ask(f"/history clear{ENTER}")[1]
        terminal.leave()

    assert kept.read_bytes() == b""


def test_a_dumb_terminal_clears_what_earlier_conversations_kept(repl, kept):
    kept.write_text('"i love this"\n')
    with repl(TERM="dumb") as terminal:
        assert "history cleared" in terminal.ask(f"/history clear{ENTER}")[1]
        terminal.leave()

    assert kept.read_bytes() == b""


def test_a_damaged_history_is_told_once(repl, kept):
    kept.write_bytes(b"no json\n")

    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.ask(f"worst day ever{ENTER}")

        assert re.sub(r"\s+", " ", terminal.text).count("is damaged: going on without it") == 1
        terminal.leave()
    assert kept.read_bytes() == b"no json\n"
