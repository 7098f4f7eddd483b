"""The commands: what each does, its help, and what Tab offers after it."""

import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision, parse_band
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

# This module is imported before the first prompt: Rich, NumPy and all that needs them are
# imported by the commands themselves.
if TYPE_CHECKING:
    from rich.text import Text

    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.rendering.style import Display
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session

ON, OFF, CLEAR = "on", "off", "clear"


class Command(NamedTuple):
    """What a command does, and how it is described."""

    run: "Callable[[Session, str, Screen], None]"
    """Runs it with the argument that was typed; SentimentError for what the user can fix."""
    usage: str  # the argument: "[on|off]", "" for none
    summary: str  # its line in /help
    details: str  # what /help NAME adds, in sentences
    example: str  # an entry that works: "/explain on"
    candidates: "Sequence[Candidate] | Callable[[Session, str], Iterable[Candidate]]" = ()
    """What can complete the argument typed so far; found without waiting for a model."""


def run(session: "Session", call: Call, screen: "Screen") -> None:
    """Run a command, and note which settings it changed; SentimentError if it fails."""
    command = COMMANDS.get(call.name)
    if command is None:
        raise SentimentError(f"{_unknown(call.name)}; //{call.name} scores it as a text")
    before = settings(session)
    command.run(session, call.argument, screen)
    for name, value in settings(session).items():
        if value != before[name]:
            session.origins[name] = "typed here"


def complete(session: "Session", call: Call) -> list[Candidate]:
    """Return what can complete the argument of a command."""
    command = COMMANDS.get(call.name)
    found = command.candidates if command else ()
    if callable(found):
        found = list(found(session, call.argument))
    return [each for each in found if each.value.startswith(call.argument)]


def settings(session: "Session") -> dict[str, str]:
    """Return the value of every setting: {"model": "default", "compare": "off", …}."""
    return {name: value(session) for name, value in SETTINGS.items()}


# What other programs call these commands.
_SYNONYMS = {"exit": "quit", "q": "quit", "bye": "quit", "?": "help", "h": "help"}


def _unknown(name: str) -> str:
    if name in _SYNONYMS:
        return f"unknown command /{name} (did you mean '/{_SYNONYMS[name]}'?)"
    hint = name and did_you_mean(f"/{name}", [f"/{known}" for known in COMMANDS])
    return f"unknown command /{name}{hint or '; /help lists them all'}"


_NOT_COMMANDS = [
    ("//text", "score a text that begins with a slash"),
    ("a paste", "of several lines: each is scored, none is a command"),
]


def _help(_session: "Session", argument: str, screen: "Screen") -> None:
    from lstm_sentiment_cli.rendering.cells import listing

    name = argument.removeprefix("/")
    if not name:
        rows = [(_usage(name), command.summary) for name, command in COMMANDS.items()]
        screen.show(listing([*rows, *_NOT_COMMANDS], screen.width))
    elif name in COMMANDS:
        screen.show(_help_of(name, screen.width))
    else:
        raise SentimentError(_unknown(name))


def _help_of(name: str, width: int) -> "Text":
    """Return the help of one command: usage, what it does, and an example."""
    from rich.text import Text

    from lstm_sentiment_cli.rendering.cells import wrapped

    command = COMMANDS[name]
    summary = command.summary[0].upper() + command.summary[1:] + "."
    lines = [*wrapped(summary, width), *wrapped(command.details, width)]
    return Text("\n").join(
        [Text(_usage(name), "bold"), *map(Text, lines), Text(f"Example: {command.example}")]
    )


def _usage(name: str) -> str:
    return f"/{name} {COMMANDS[name].usage}".rstrip()


def _help_candidates(_session: "Session", _typed: str) -> list[Candidate]:
    return [Candidate(name, command.summary) for name, command in COMMANDS.items()]


def _explain(session: "Session", argument: str, screen: "Screen") -> None:
    if argument:
        session.explain = parse_choice("/explain", argument, (ON, OFF)) == ON
    else:
        session.explain = not session.explain
    screen.show_lines([f"explain {_on_off(session.explain)}"])


# Lines around the words of /why: what was typed, two headings, an empty line, prompt and toolbar.
_LINES_AROUND = 6
_FEWEST_WORDS = 5


def _why(session: "Session", argument: str, screen: "Screen") -> None:
    from lstm_sentiment_cli.rendering.answers import reasons

    number, answer = parse_answer(session, "/why", argument)
    most = max(shutil.get_terminal_size().lines - _LINES_AROUND, _FEWEST_WORDS)
    screen.show(reasons(answer, number, most, screen.display))


def _model(session: "Session", argument: str, screen: "Screen") -> None:
    if argument:
        screen.show_lines([_labels_of("model", session.switch(argument))])
        return
    from lstm_sentiment_cli.rendering.cells import listing

    screen.show(listing(_model_rows(session, screen.display), screen.width))


def _model_rows(session: "Session", display: "Display") -> list[tuple[str, str, str]]:
    """Return a row for each model: name, where it is, labels; those in use are marked."""
    from lstm_sentiment_cli.model.overview import overviews

    found = {
        each.name: (each.source, ", ".join(each.labels or ("damaged",)))
        for each in overviews()
        if not each.shadowed
    }
    if session.model not in found:  # it was named by its path
        found = {session.model: ("", ", ".join(session.predictor.labels))} | found
    marks = {session.compared: "= ", session.model: display.sign("▸ ", "> ")}
    return [
        (marks.get(name, "  ") + name, source, labels) for name, (source, labels) in found.items()
    ]


def _compare(session: "Session", argument: str, screen: "Screen") -> None:
    if argument:
        session.compare(None if argument == OFF else argument)
    peer = session.peer
    screen.show_lines([_labels_of("compare", peer) if peer else "compare off"])


def _compare_candidates(session: "Session", typed: str) -> list[Candidate]:
    others = [each for each in model_candidates(session, typed) if each.value != session.model]
    return [*others, Candidate(OFF, "one model answers")]


def _labels_of(role: str, predictor: "Predictor") -> str:
    return f"{role} {predictor.name}: {', '.join(predictor.labels)}"


def _threshold(session: "Session", argument: str, screen: "Screen") -> None:
    if argument:
        try:
            value = None if argument.casefold() == OFF else float(argument)
        except ValueError:
            raise SentimentError(
                f"/threshold takes a probability from 0 to 1, such as 0.6, or off; got '{argument}'"
            ) from None
        session.decide(replace(session.decision or Decision(), threshold=value))
    screen.show_lines([f"threshold {_shown_threshold(session)}"])


def _uncertain(session: "Session", argument: str, screen: "Screen") -> None:
    if argument:
        band = None if argument.casefold() == OFF else parse_band(argument, "/uncertain")
        session.decide(replace(session.decision or Decision(), uncertain=band))
    screen.show_lines([f"uncertain {_shown_band(session)}"])


def _file(session: "Session", argument: str, screen: "Screen") -> None:
    from lstm_sentiment_cli.rendering.profiles import file_summary
    from lstm_sentiment_cli.repl.file_scoring import score_file

    path = parse_path("/file", argument)
    with screen.counting("texts") as on_progress:
        scored = score_file(session.predictor, path, session.decision or Decision(), on_progress)
    screen.show(file_summary(scored.summary, screen.display))
    if scored.broken:
        screen.error(scored.broken)


_USUALLY_LISTED = 10


def _last(session: "Session", argument: str, screen: "Screen") -> None:
    from lstm_sentiment_cli.rendering.answers import numbered

    usage = "/last takes the number of answers to list, such as 10"
    wanted = parse_number(usage, argument) if argument else _USUALLY_LISTED
    if wanted < 1:
        raise SentimentError(f"{usage}; got '{argument}'")
    answers = list(session.answers)[-wanted:]
    if not answers:
        raise SentimentError("there are no answers yet; type a sentence first")
    screen.show(numbered(answers, session.answered - len(answers) + 1, screen.display))


# So many corrections of each label are the least that training takes.
_LEAST_TO_TRAIN = 10


def _label(session: "Session", argument: str, screen: "Screen") -> None:
    from lstm_sentiment_cli.repl.saving import save_correction

    # "very positive 3" has a number, "very positive" has none.
    before, _, end = argument.rpartition(" ")
    typed, number = (before.strip(), end) if before and end.isdecimal() else (argument, "")
    _, answer = parse_answer(session, "/label", number)
    labels = answer.predictor.labels
    label = parse_choice("/label", typed, labels)
    counts = Counter(save_correction(session.corrections, answer.text, label).values())
    each = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    lines = [f"{session.corrections}: {_counted(counts.total(), 'row')} ({each})"]
    if all(counts[name] >= _LEAST_TO_TRAIN for name in labels):
        lines.append(
            f"to train on them: lstm-sentiment train {shlex.quote(str(session.corrections))} "
            f"--from {shlex.quote(session.model)} --learning-rate 0.0002 --output models/corrected"
        )
    screen.show_lines(lines)


def _save(session: "Session", argument: str, screen: "Screen") -> None:
    from lstm_sentiment_cli.repl.saving import save_answers

    path = parse_path("/save", argument)
    if not session.answers:
        raise SentimentError("there are no answers to save yet; type a sentence first")
    count = len(session.answers)
    rows = save_answers(path, list(session.answers), session.answered - count + 1)
    saved = f"{path}: {_counted(count, 'answer')}"
    # A comparison has a row for each of the two models.
    screen.show_lines([saved if rows == count else f"{saved}, {_counted(rows, 'row')}"])


def _counted(count: int, noun: str) -> str:
    """Return a count with its noun: (2, "row") → "2 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _history(session: "Session", argument: str, screen: "Screen") -> None:
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
            "there is no history in a terminal that cannot edit lines (TERM=dumb); use another one"
        )


def _set(session: "Session", argument: str, screen: "Screen") -> None:
    name, _, value = argument.partition(" ")
    if not name:
        from lstm_sentiment_cli.rendering.cells import listing

        rows = [
            (name, value, session.origins.get(name, "default"))
            for name, value in settings(session).items()
        ]
        screen.show(listing(rows, screen.width))
        return
    if name not in SETTINGS:
        hint = did_you_mean(name, SETTINGS) or "; /set lists them all"
        raise SentimentError(f"unknown setting '{name}'{hint}")
    if name not in COMMANDS:
        raise SentimentError(f"{name} can only be set at the start: lstm-sentiment repl --{name}")
    if value:
        COMMANDS[name].run(session, value.strip(), screen)
    else:
        screen.show_lines([f"{name} {SETTINGS[name](session)}"])


def _set_candidates(session: "Session", typed: str) -> list[Candidate]:
    name, space, value = typed.partition(" ")
    if not space:
        return [Candidate(each, now) for each, now in settings(session).items()]
    found = complete(session, Call(name, value)) if name in SETTINGS else []
    return [Candidate(f"{name} {each.value}", each.description) for each in found]


def _quit(session: "Session", argument: str, _screen: "Screen") -> None:
    if argument:
        raise SentimentError(f"/quit takes no argument, got '{argument}'")
    session.over = True


def _on_off(value: bool) -> str:
    return ON if value else OFF


def _shown_threshold(session: "Session") -> str:
    value = session.decision and session.decision.threshold
    return OFF if value is None else f"{value:g}"


def _shown_band(session: "Session") -> str:
    band = session.decision and session.decision.uncertain
    return f"{band[0]:g},{band[1]:g}" if band else OFF


SETTINGS: dict[str, Callable[["Session"], str]] = {
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

COMMANDS: dict[str, Command] = {
    "help": Command(
        _help,
        "[COMMAND]",
        "list the commands, or describe one",
        "With a name, shows what that command takes and does.",
        "/help compare",
        _help_candidates,
    ),
    "explain": Command(
        _explain,
        "[on|off]",
        "show what each word adds to an answer",
        "Answers then show the text with each word in the colour of the label it supports, and "
        "name the three strongest words. Without an argument, switches to the other of the two.",
        "/explain on",
        (Candidate(ON, "each answer shows what its words add"), Candidate(OFF, "bars only")),
    ),
    "why": Command(
        _why,
        "[N]",
        "show what every word adds to one answer",
        "A line for each word, the strongest first, as many as fit on the screen: what it adds "
        "to the log-odds of the label, in its place and alone. It explains the last answer, or "
        "answer N of those that /last lists.",
        "/why 3",
        answer_candidates,
    ),
    "model": Command(
        _model,
        "[NAME]",
        "list the models, or switch to one",
        "Takes the name of a model or the path of its folder. Earlier answers still belong to the "
        "model that gave them.",
        "/model default",
        model_candidates,
    ),
    "compare": Command(
        _compare,
        "[NAME|off]",
        "answer with a second model as well",
        "Both models answer each text, side by side, and disagreements are marked.",
        "/compare default",
        _compare_candidates,
    ),
    "threshold": Command(
        _threshold,
        "[P|off]",
        "set the probability that a positive answer needs",
        "Answers the first label if its probability is at least P, and the second otherwise; off: "
        "the more probable one. Only for models with two labels.",
        "/threshold 0.6",
        (
            Candidate(OFF, "the most probable label"),
            Candidate("0.5"),
            Candidate("0.6"),
            Candidate("0.7"),
        ),
    ),
    "uncertain": Command(
        _uncertain,
        "[LOW,HIGH|off]",
        "answer uncertain in a band of probabilities",
        "The answer is uncertain if the probability of the first label is between LOW and HIGH, "
        "inclusive. Only for models with two labels.",
        "/uncertain 0.4,0.6",
        (Candidate(OFF, "always a label"), Candidate("0.4,0.6"), Candidate("0.35,0.65")),
    ),
    "file": Command(
        _file,
        "PATH",
        "score a file: counts, histogram, most confident lines",
        f"Reads plain lines, {either(COLUMN_FORMATS)}, compressed or not, of any length. Ctrl-C "
        "stops it and shows the results so far. It writes nothing; predict --input does.",
        "/file tweets.csv",
        path_candidates,
    ),
    "last": Command(
        _last,
        "[N]",
        "list the last 10 answers, or N, with their numbers",
        "These are the numbers that /why and /label take.",
        "/last 20",
    ),
    "label": Command(
        _label,
        "LABEL [N]",
        "correct an answer, for training to learn from",
        "Adds the text of the last answer, or of answer N, with its right label to a csv file "
        "that train, train --from and evaluate read: corrections.csv, or the file given by repl "
        "--corrections. Labelling a text again replaces its label.",
        "/label negative 2",
        label_candidates,
    ),
    "save": Command(
        _save,
        "PATH",
        f"write the answers so far as {either(ROW_FORMATS)}",
        "The ending of the file name selects the format. Explanations are included where there "
        "are any, and a comparison has a row for each model. An existing file is not replaced.",
        "/save answers.csv",
        path_candidates,
    ),
    "history": Command(
        _history,
        "on|off|clear",
        "keep what you type, stop keeping it, or delete it",
        "off: nothing you type from now on is kept. on: it is kept again. clear: everything kept "
        "so far, also by earlier conversations, is deleted, even while history is off. A line "
        "that begins with a space is never kept.",
        "/history clear",
        (
            Candidate(ON, "keep what you type from now on"),
            Candidate(OFF, "keep nothing from now on"),
            Candidate(CLEAR, "delete what you typed so far"),
        ),
    ),
    "set": Command(
        _set,
        "[NAME VALUE]",
        "show all settings and their origin, or change one",
        "Changes last until you leave. To keep a setting, put it into the table [repl] of "
        "lstm-sentiment.toml.",
        "/set explain on",
        _set_candidates,
    ),
    "quit": Command(_quit, "", "leave, as Ctrl-D does", "Ends the conversation.", "/quit"),
}
"""All commands; a new one is a function and a row here."""
