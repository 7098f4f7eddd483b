import pytest

from lstm_sentiment_cli.rendering.style import Display


@pytest.mark.parametrize(
    ("encoding", "term", "expected"),
    [
        ("utf-8", "xterm-256color", True),
        ("UTF8", None, True),
        ("utf-8", "dumb", False),
        ("ascii", "xterm", False),
        ("latin-1", "xterm", False),
        ("no-such-encoding", "xterm", False),
        (None, "xterm", False),
    ],
)
def test_blocks_need_unicode_and_a_capable_terminal(monkeypatch, encoding, term, expected):
    if term is None:
        monkeypatch.delenv("TERM", raising=False)
    else:
        monkeypatch.setenv("TERM", term)

    assert Display.of(80, encoding).unicode is expected


@pytest.mark.parametrize(
    ("share", "room", "drawn"),
    [
        (1, 4, "████"),
        (0, 4, ""),
        (0.5, 3, "█▌"),
        (1 / 32, 4, "▏"),
        (31 / 32, 4, "███▉"),
        (0.999, 4, "████"),
        (0.7, 0, ""),
        (0.7, -3, ""),
    ],
)
def test_bars_have_eighths_of_cells(share, room, drawn):
    assert Display(80).bar(share, room) == drawn


@pytest.mark.parametrize(("share", "drawn"), [(1, "####"), (0.6, "##"), (0.1, "")])
def test_bars_without_blocks(share, drawn):
    assert Display(80, unicode=False).bar(share, 4) == drawn


@pytest.mark.parametrize(
    ("share", "rows", "drawn"),
    [
        (1, 2, "██"),
        (0.75, 2, "▄█"),
        (0.5, 2, " █"),
        (1 / 16, 2, " ▁"),
        (0, 2, " ▁"),
        (0, 1, "▁"),
    ],
)
def test_columns_have_eighths_of_cells_and_are_never_empty(share, rows, drawn):
    assert Display(80).column(share, rows) == drawn


@pytest.mark.parametrize(("share", "drawn"), [(1, "####"), (0.6, "  ##"), (0, "   #")])
def test_columns_without_blocks(share, drawn):
    assert Display(80, unicode=False).column(share, 4) == drawn
