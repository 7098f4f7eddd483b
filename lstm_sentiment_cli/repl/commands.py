"""The commands: what each does, its help, and what Tab offers after it."""

import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from inspect import cleandoc
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.inference.decision import parse_band
from lstm_sentiment_cli.records.formats import COLUMN_FORMATS, ROW_FORMATS, either
from lstm_sentiment_cli.repl.arguments import (
    Call,
    Candidate,
    answer_candidates,
    did_you_mean,
    label_candidates,
    model_candidates,
    parse_answer,
    parse_choice,
    parse_number,
    parse_path,
    path_candidates,
)
from lstm_sentiment_cli.repl.history import PrivateHistory, history_path
from lstm_sentiment_cli.repl.session import Screen, Session

# This module is imported before the first prompt: Rich, NumPy and all that needs them are
# imported by the commands themselves.

ON, OFF, CLEAR = "on", "off", "clear"

Run = Callable[[Session, str, Screen], None]
"""Runs a command with the argument typed; SentimentError for what the user can fix."""
Candidates = Sequence[Candidate] | Callable[[Session, str], Iterable[Candidate]]
"""What can complete the argument typed so far; found without waiting for a model."""


class Command(NamedTuple):
    """What a command does, and how it is described."""

    run: Run
    usage: str  # "/explain [on|off]"
    summary: str  # its line in /help and in the menu
    help: list[str]  # the paragraphs of /help NAME
    example: str  # an entry that works: "/explain on"
    candidates: Candidates


COMMANDS: dict[str, Command] = {}


def command(argument: str, example: str, candidates: Candidates = ()) -> Callable[[Run], Run]:
    """Make a function the command of its name; its docstring is the help that users read."""

    def add(run: Run) -> Run:
        name = run.__name__.removeprefix("_")
        text = cleandoc(run.__doc__ or "")
        text = text.format(readable=either(COLUMN_FORMATS), writable=either(ROW_FORMATS))
        paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]
        summary = paragraphs[0][:1].lower() + paragraphs[0][1:].removesuffix(".")
        usage = f"/{name} {argument}".rstrip()
        COMMANDS[name] = Command(run, usage, summary, paragraphs, example, candidates)
        return run

    return add


def run(session: Session, call: Call, screen: Screen) -> None:
    """Run a command, and note which settings it changed; SentimentError if it fails."""
    found = COMMANDS.get(call.name)
    if found is None:
        raise SentimentError(f"{_unknown(call.name)}; //{call.name} scores it as a text")
    before = settings(session)
    found.run(session, call.argument, screen)
    for name, value in settings(session).items():
        if value != before[name]:
            session.origins[name] = "typed here"


def complete(session: Session, call: Call) -> list[Candidate]:
    """Return what can complete the argument of a command."""
    candidates = COMMANDS[call.name].candidates if call.name in COMMANDS else ()
    found = candidates(session, call.argument) if callable(candidates) else candidates
    return [each for each in found if each.value.startswith(call.argument)]


def settings(session: Session) -> dict[str, str]:
    """Return the value of every setting: {"model": "default", "compare": "off", …}."""
    return {name: value(session) for name, value in SETTINGS.items()}


# What other programs call these commands.
_SYNONYMS = {"exit": "quit", "q": "quit", "bye": "quit", "?": "help", "h": "help"}


def _unknown(name: str) -> str:
    if name in _SYNONYMS:
        return f"unknown command /{name} (did you mean '/{_SYNONYMS[name]}'?)"
    hint = name and did_you_mean(f"/{name}", [f"/{known}" for known in COMMANDS])
    return f"unknown command /{name}{hint or '; /help lists them all'}"


def _help_candidates(_session: Session, _typed: str) -> list[Candidate]:
    return [Candidate(name, each.summary) for name, each in COMMANDS.items()]


@command("[COMMAND]", "/help compare", _help_candidates)
def _help(_session: Session, argument: str, screen: Screen) -> None:
    """List the commands, or describe one.

    With a name, shows what that command takes and does.
    """
    name = argument.removeprefix("/")
    if not name:
        rows = [(each.usage, each.summary) for each in COMMANDS.values()]
        rows.append(("//text", "score a text that begins with a slash"))
        rows.append(("a paste", "of several lines: each is scored, none is a command"))
        screen.show_rows(rows)
        return
    if name not in COMMANDS:
        raise SentimentError(_unknown(name))
    from rich.text import Text

    from lstm_sentiment_cli.rendering.cells import wrapped

    lines = [line for each in COMMANDS[name].help for line in wrapped(each, screen.width)]
    lines.append(f"Example: {COMMANDS[name].example}")
    screen.show(Text("\n").join([Text(COMMANDS[name].usage, "bold"), *map(Text, lines)]))


@command(
    "[on|off]",
    "/explain on",
    (Candidate(ON, "each answer shows what its words add"), Candidate(OFF, "bars only")),
)
def _explain(session: Session, argument: str, screen: Screen) -> None:
    """Show what each word adds to an answer.

    Answers then show the text with each word in the colour of the label it supports, and name the
    three strongest words. Without an argument, toggles.
    """
    if argument:
        session.explain = parse_choice("/explain", argument, (ON, OFF)) == ON
    else:
        session.explain = not session.explain
    _show_setting("explain", session, screen)


@command("[N]", "/why 3", answer_candidates)
def _why(session: Session, argument: str, screen: Screen) -> None:
    """Show what every word adds to one answer.

    A line for each word, the strongest first, as many as fit on the screen: what it adds to the
    log-odds of the label, in context and on its own. It explains the last answer, or answer N of
    those that /last lists.
    """
    from lstm_sentiment_cli.rendering.answers import reasons

    number, answer = parse_answer(session, "/why", argument)
    # Around the words: what was typed, two headings, an empty line, prompt and toolbar.
    most = max(shutil.get_terminal_size().lines - 6, 5)
    screen.show(reasons(answer, number, most, screen.display))


@command("[NAME]", "/model default", model_candidates)
def _model(session: Session, argument: str, screen: Screen) -> None:
    """List the models, or switch to one.

    Takes the name of a model or the path of its folder. Earlier answers still belong to the model
    that gave them.
    """
    if argument:
        used = session.switch(argument)
        screen.show_lines([f"model {used.name}: {', '.join(used.labels)}"])
        return
    from lstm_sentiment_cli.model.overview import overviews

    found = {
        each.name: (each.source, ", ".join(each.labels or ("damaged",)))
        for each in overviews()
        if not each.shadowed
    }
    if session.model not in found:  # it was named by its path
        found = {session.model: ("", ", ".join(session.predictor.labels))} | found
    marks = {session.compared: "= ", session.model: screen.display.sign("▸ ", "> ")}
    screen.show_rows([(marks.get(name, "  ") + name, *cells) for name, cells in found.items()])


def _compare_candidates(session: Session, typed: str) -> list[Candidate]:
    others = [each for each in model_candidates(session, typed) if each.value != session.model]
    return [*others, Candidate(OFF, "one model answers")]


@command("[NAME|off]", "/compare default", _compare_candidates)
def _compare(session: Session, argument: str, screen: Screen) -> None:
    """Answer with a second model as well.

    Both models answer each text, side by side, and disagreements are marked.
    """
    if argument:
        session.compare(None if argument == OFF else argument)
    peer = session.peer
    screen.show_lines([f"compare {peer.name}: {', '.join(peer.labels)}" if peer else "compare off"])


@command(
    "[P|off]",
    "/threshold 0.6",
    (Candidate(OFF, "the most probable label"), *map(Candidate, ("0.5", "0.6", "0.7"))),
)
def _threshold(session: Session, argument: str, screen: Screen) -> None:
    """Set the probability that a positive answer needs.

    Answers the first label if its probability is at least P, and the second otherwise; off: the
    more probable one. Only for models with two labels.
    """
    if argument:
        try:
            value = None if argument.casefold() == OFF else float(argument)
        except ValueError:
            raise SentimentError(
                f"/threshold takes a probability from 0 to 1, such as 0.6, or off; got '{argument}'"
            ) from None
        session.decide(replace(session.decision, threshold=value))
    _show_setting("threshold", session, screen)


@command(
    "[LOW,HIGH|off]",
    "/uncertain 0.4,0.6",
    (Candidate(OFF, "always a label"), Candidate("0.4,0.6"), Candidate("0.35,0.65")),
)
def _uncertain(session: Session, argument: str, screen: Screen) -> None:
    """Answer uncertain in a band of probabilities.

    The answer is uncertain if the probability of the first label is between LOW and HIGH,
    inclusive. Only for models with two labels.
    """
    if argument:
        band = None if argument.casefold() == OFF else parse_band(argument, "/uncertain")
        session.decide(replace(session.decision, uncertain=band))
    _show_setting("uncertain", session, screen)


@command("PATH", "/file tweets.csv", path_candidates)
def _file(session: Session, argument: str, screen: Screen) -> None:
    """Summarize a file: how positive it is, telling words, surest texts.

    Reads plain lines, {readable}, compressed or not, of any length. Ctrl-C stops it and shows the
    results so far. It writes nothing; summarize --by and --over tell groups and times apart.
    """
    from lstm_sentiment_cli.rendering.summaries import summary_parts
    from lstm_sentiment_cli.repl.file_scoring import summarize_file

    path = parse_path("/file", argument)
    with screen.counting("texts") as on_progress:
        summary = summarize_file(session.predictor, path, on_progress)
    screen.show(summary_parts(summary, screen.display))
    for remark in summary.remarks():
        screen.say(remark)
    if summary.reading.broken:
        screen.error(summary.reading.broken)


@command("[N]", "/last 20")
def _last(session: Session, argument: str, screen: Screen) -> None:
    """List the last 10 (or N) answers with their numbers.

    These are the numbers that /why and /label take.
    """
    from lstm_sentiment_cli.rendering.answers import numbered

    usage = "/last takes the number of answers to list, such as 10"
    wanted = parse_number(usage, argument or "10")
    if wanted < 1:
        raise SentimentError(f"{usage}; got '{argument}'")
    answers = list(session.answers)[-wanted:]
    if not answers:
        raise SentimentError("there are no answers yet; type a sentence first")
    screen.show(numbered(answers, session.answered - len(answers) + 1, screen.display))


# Training takes at least so many examples of each label.
_LEAST_TO_TRAIN = 10


@command("LABEL [N]", "/label negative 2", label_candidates)
def _label(session: Session, argument: str, screen: Screen) -> None:
    """Correct an answer, to train on it later.

    Adds the text of the last answer, or of answer N, with its correct label to a csv file that
    train, train --from and evaluate read: corrections.csv, or the file given by repl --corrections.
    Labelling a text again replaces its label.
    """
    from lstm_sentiment_cli.repl.saving import save_correction

    # "very positive 3" has a number, "very positive" has none.
    before, _, end = argument.rpartition(" ")
    typed, number = (before.strip(), end) if before and end.isdecimal() else (argument, "")
    _, answer = parse_answer(session, "/label", number)
    labels = answer.predictor.labels
    label = parse_choice("/label", typed, labels)
    counts = Counter(save_correction(session.corrections, answer.text, label).values())
    each = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    lines = [f"{session.corrections}: {counted(counts.total(), 'row')} ({each})"]
    if all(counts[name] >= _LEAST_TO_TRAIN for name in labels):
        lines.append(
            f"to train on them: lstm-sentiment train {shlex.quote(str(session.corrections))} "
            f"--from {shlex.quote(session.model)} --learning-rate 0.0002 --output models/corrected"
        )
    screen.show_lines(lines)


@command("PATH", "/save answers.csv", path_candidates)
def _save(session: Session, argument: str, screen: Screen) -> None:
    """Write the answers so far as {writable}.

    The file extension selects the format. Explanations are included where there are any,
    and a comparison has a row for each model. An existing file is not replaced.
    """
    from lstm_sentiment_cli.repl.saving import save_answers

    path = parse_path("/save", argument)
    if not session.answers:
        raise SentimentError("there are no answers to save yet; type a sentence first")
    count = len(session.answers)
    rows = save_answers(path, list(session.answers), session.answered - count + 1)
    saved = f"{path}: {counted(count, 'answer')}"
    # A comparison has a row for each of the two models.
    screen.show_lines([saved if rows == count else f"{saved}, {counted(rows, 'row')}"])


@command(
    "on|off|clear",
    "/history clear",
    (
        Candidate(ON, "keep what you type from now on"),
        Candidate(OFF, "keep nothing from now on"),
        Candidate(CLEAR, "delete what you typed so far"),
    ),
)
def _history(session: Session, argument: str, screen: Screen) -> None:
    """Keep what you type, stop keeping it, or delete it.

    off: nothing you type from now on is kept. on: it is kept again. clear: everything kept so far,
    including by earlier conversations, is deleted, even while history is off. A line that begins
    with a space is never kept.
    """
    wanted = parse_choice("/history", argument, (ON, OFF, CLEAR))
    history = session.history
    if wanted == CLEAR:
        # What earlier conversations kept is deleted even if this one keeps nothing.
        (history or PrivateHistory(history_path(), kept=False)).clear()
        screen.show_lines(["history cleared: everything you typed so far is deleted"])
    elif wanted == OFF:
        if history:
            history.stop()
        screen.show_lines(["history off: nothing you type from now on is kept"])
    elif history:
        history.resume()
        screen.show_lines(["history on: what you type from now on is kept"])
    else:
        raise SentimentError(
            "history needs a terminal that can edit lines, not TERM=dumb; use another terminal"
        )


def _set_candidates(session: Session, typed: str) -> list[Candidate]:
    name, space, value = typed.partition(" ")
    if not space:
        return [Candidate(each, now) for each, now in settings(session).items()]
    found = complete(session, Call(name, value)) if name in SETTINGS else []
    return [Candidate(f"{name} {each.value}", each.description) for each in found]


@command("[NAME VALUE]", "/set explain on", _set_candidates)
def _set(session: Session, argument: str, screen: Screen) -> None:
    """Show all settings and their origin, or change one.

    Changes last until you leave. To keep a setting, put it into the table [repl] of
    lstm-sentiment.toml.
    """
    name, _, value = argument.partition(" ")
    if not name:
        origin = session.origins.get
        screen.show_rows(
            [(*each, origin(each[0], "default")) for each in settings(session).items()]
        )
        return
    if name not in SETTINGS:
        hint = did_you_mean(name, SETTINGS) or "; /set lists them all"
        raise SentimentError(f"unknown setting '{name}'{hint}")
    if name not in COMMANDS:
        raise SentimentError(f"{name} can only be set at the start: lstm-sentiment repl --{name}")
    if value:
        COMMANDS[name].run(session, value.strip(), screen)
    else:
        _show_setting(name, session, screen)


@command("", "/quit")
def _quit(session: Session, argument: str, _screen: Screen) -> None:
    """Quit (as Ctrl-D)."""
    if argument:
        raise SentimentError(f"/quit takes no argument, got '{argument}'")
    session.over = True


def _show_setting(name: str, session: Session, screen: Screen) -> None:
    screen.show_lines([f"{name} {SETTINGS[name](session)}"])


def _on_off(value: bool) -> str:
    return ON if value else OFF


def _shown_threshold(session: Session) -> str:
    value = session.decision.threshold
    return OFF if value is None else f"{value:g}"


def _shown_band(session: Session) -> str:
    band = session.decision.uncertain
    return f"{band[0]:g},{band[1]:g}" if band else OFF


SETTINGS: dict[str, Callable[[Session], str]] = {
    "model": lambda session: session.model,
    "compare": lambda session: session.compared or OFF,
    "threshold": _shown_threshold,
    "uncertain": _shown_band,
    "explain": lambda session: _on_off(session.explain),
    "history": lambda session: _on_off(session.history is not None and session.history.kept),
    "vi": lambda session: _on_off(session.vi),
    "corrections": lambda session: str(session.corrections),
}
"""Setting → its value as it would be typed. The command of the same name changes it, if any."""
