"""label as a person at a terminal has it: the real program in a real pseudo-terminal."""

import math
import os
import shlex
import signal
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.cli.counting_model import save_counting_model
from tests.labelling.conftest import rows, write_texts
from tests.terminal_emulator import COLOUR, CTRL_C, CTRL_D, ENTER, LSTM_SENTIMENT, PASTE, Emulator

TEXTS = [f"{word} {other} day" for word in ("good", "bad", "long", "odd") for other in "abcdefgh"]


@pytest.fixture
def path(folder):
    write_texts(folder / "texts.csv", TEXTS)
    return folder / "labels.csv"


@pytest.fixture
def label(path, tmp_path, default_model):
    """Give what starts `label` in a terminal."""

    def label(*options, columns=80, rows=24, **environment):
        homes = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        command = [*LSTM_SENTIMENT, "label", "texts.csv", "--output", "labels.csv"]
        known = homes | {"LSTM_SENTIMENT_MODEL": str(default_model)}
        return Emulator(
            [*command, *options], columns=columns, rows=rows, environment=known | environment
        )

    return label


def press(terminal, keys, first=1):
    """Press keys, each when the text it is meant for can be read."""
    for number, key in enumerate(keys, first):
        wait_for_text(terminal, number)
        terminal.send(key)
    wait_for_text(terminal, first + len(keys))


def wait_for_text(terminal, number):
    terminal.wait_for(lambda shown: f"text {number} " in shown and "One moment" not in shown)


def labels(path):
    return [each["label"] for each in rows(path)]


def end(terminal, key="q"):
    terminal.send(key)
    assert terminal.wait_for_exit() == 0


def test_one_key_an_answer_which_is_saved_when_the_next_text_appears(label, path):
    with label() as terminal:
        press(terminal, "pns")
        assert labels(path) == ["positive", "negative", "skipped"]
        terminal.wait_for("on 1 text drawn at random the model is right on ")
        assert "positive 1 · negative 1 · skipped 1" in terminal.text
        end(terminal)

        last = terminal.lines[-4:]
        assert last[0] == "labels.csv: 2 texts labelled (positive 1, negative 1), 1 skipped"
        assert last[1].startswith("on 1 text drawn at random")
        assert last[2] == "to go on, to 100 labels or more:"
        assert last[3] == "  lstm-sentiment label texts.csv --output labels.csv"


def test_undo_to_the_first_answer(label, path):
    with label() as terminal:
        press(terminal, "pnn")
        for number in (3, 2, 1):
            terminal.send("z")
            wait_for_text(terminal, number)
        assert labels(path) == []
        terminal.send("z")
        terminal.wait_for("there is no answer to take back")
        press(terminal, "n")
        end(terminal)

    assert labels(path) == ["negative"]


def test_where_the_model_differs_a_line_says_so_and_the_answer_can_be_changed(label, path):
    with label() as terminal:
        press(terminal, "p")
        terminal.wait_for("you: positive · the model")
        differing = "n" if "the model too" in terminal.text else "p"
        terminal.send("z")
        wait_for_text(terminal, 1)
        assert "the model" not in terminal.text
        terminal.send(differing)
        terminal.wait_for("z to change")
        end(terminal)


def test_the_models_answer_is_shown_before_only_if_wanted(label):
    with label("--show") as terminal:
        wait_for_text(terminal, 1)
        terminal.wait_for("the model: ")
        end(terminal)


def test_killed_at_any_moment_it_goes_on_and_nothing_is_lost_or_doubled(label, path):
    for number in range(4):
        with label() as terminal:
            press(terminal, "pn", first=2 * number + 1)
            os.kill(terminal._child.pid, signal.SIGKILL)
            assert terminal.wait_for_exit() == 128 + signal.SIGKILL
    with label() as terminal:
        wait_for_text(terminal, 9)
        terminal.wait_for("going on after 8 answers")
        end(terminal)

    assert labels(path) == ["positive", "negative"] * 4
    assert len({each["text"] for each in rows(path)}) == 8
    assert sorted(each.name for each in path.parent.glob("*labels*")) == ["labels.csv"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
def test_a_signal_gives_the_terminal_back_as_it_was(label, path, number, default_model):
    inner = shlex.join([*LSTM_SENTIMENT, "label", "texts.csv", "--output", "labels.csv"])
    script = f"sh -c 'echo $$ > pid; exec {inner}'; echo ended with $?; stty -a"
    environment = {"LSTM_SENTIMENT_MODEL": str(default_model)}
    with Emulator(["sh", "-c", script], rows=40, environment=environment) as terminal:
        press(terminal, "p")
        os.kill(int((path.parent / "pid").read_text()), number)
        assert terminal.wait_for_exit() == 0

        _, ended, settings = terminal.text.partition(f"ended with {128 + number}")
        assert ended, terminal.text
        assert {"echo", "icanon", "icrnl", "isig"} <= set(settings.replace(";", "").split())
        assert "Traceback" not in terminal.text
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
    assert labels(path) == ["positive"]


def test_a_closed_window_loses_nothing(label, path):
    with label() as terminal:
        press(terminal, "pn")
    assert labels(path) == ["positive", "negative"]
    with label() as terminal:
        wait_for_text(terminal, 3)
        end(terminal)


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, "Q"])
def test_other_ways_to_end(label, path, key):
    with label() as terminal:
        press(terminal, "p")
        end(terminal, key)
        assert "labels.csv: 1 text labelled (positive 1)" in terminal.text


def test_a_resized_window_is_drawn_anew(label):
    with label(columns=100, rows=30) as terminal:
        press(terminal, "pn")
        for columns, lines in ((40, 14), (25, 8), (120, 40)):
            terminal.raw = b""
            terminal.resize(columns, lines)
            terminal.wait_for(lambda shown: b"text 3" in terminal.raw and "p positive" in shown)
            terminal.wait_for(lambda _shown: terminal.lines[0] == "text 3 · labels.csv")
            assert max(map(len, terminal.lines)) <= columns
        press(terminal, "p", first=3)
        end(terminal)


def test_a_paste_and_keys_faster_than_the_screen_answer_nothing_unread(label, path):
    with label() as terminal:
        wait_for_text(terminal, 1)
        terminal.send(PASTE.format("pnpn"))
        terminal.send("x\x1b[Ax")
        terminal.settle(seconds=0.3)
        assert not path.exists()
        terminal.send("pppp")
        wait_for_text(terminal, 2)
        terminal.settle(seconds=0.3)
        end(terminal)

    assert labels(path) == ["positive"]


def test_help_is_left_with_any_key(label, path):
    with label() as terminal:
        wait_for_text(terminal, 1)
        terminal.send("?")
        terminal.wait_for("takes the last answer back")
        terminal.send("p")
        wait_for_text(terminal, 1)
        end(terminal)

    assert not path.exists()


@pytest.mark.parametrize(
    ("options", "environment"), [((), {"NO_COLOR": "1"}), (("--no-color",), {})]
)
def test_colours_can_be_switched_off(label, options, environment):
    with label() as terminal:
        press(terminal, "p")
        end(terminal)
        assert COLOUR.search(terminal.raw)
    with label(*options, **environment) as terminal:
        press(terminal, "n", first=2)
        end(terminal)
        assert not COLOUR.search(terminal.raw)


def test_a_dumb_terminal_takes_lines_and_gets_no_escape_codes(label, path):
    with label(TERM="dumb") as terminal:
        for number, typed in enumerate(("p", "n"), 1):
            terminal.wait_for("q end\n>", times=number)
            terminal.send(typed + ENTER)
        terminal.wait_for("q end\n>", times=3)
        end(terminal, CTRL_C)

        assert b"\x1b" not in terminal.raw
        assert "labels.csv: 2 texts labelled (positive 1, negative 1)" in terminal.text
    assert labels(path) == ["positive", "negative"]


def test_an_error_while_labelling_is_one_line_on_a_restored_screen(label, path):
    with label() as terminal:
        press(terminal, "p")
        path.write_text(path.read_text().replace("positive", "negative"))
        terminal.send("p")
        assert terminal.wait_for_exit() == 1
        assert "error: labels.csv was changed by another program; start again" in terminal.text
        assert "Traceback" not in terminal.text

    assert labels(path) == ["negative"]


def test_three_labels(label, path, default_model):
    with label("--model", str(default_model.with_name("three-class"))) as terminal:
        wait_for_text(terminal, 1)
        assert "p positive  u neutral  n negative  s skip" in terminal.text
        press(terminal, "upn")
        end(terminal)

    assert labels(path) == ["neutral", "positive", "negative"]


def test_a_damaged_model_is_one_line(label, path, tmp_path):
    save_counting_model(tmp_path / "nan", {"good": (math.nan, 0)}, ("positive", "negative"))
    with label("--model", "./nan") as terminal:
        assert terminal.wait_for_exit() == 1
        assert "error: model nan: model.onnx has NaN or infinity among its" in terminal.text
        assert "Traceback" not in terminal.text
