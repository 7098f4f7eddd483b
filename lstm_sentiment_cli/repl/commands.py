"""The commands there are, and running one."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.cells import listing, wrapped
from lstm_sentiment_cli.repl import actions
from lstm_sentiment_cli.repl.actions import is_kept, on_off, shown_band, shown_threshold
from lstm_sentiment_cli.repl.command import (
    OFF,
    Call,
    Command,
    Offer,
    meant,
    no_argument,
    no_offers,
    offered,
    path_offers,
)

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session


TYPED = "typed here"
DEFAULT = "default"


class Setting(NamedTuple):
    """One setting of a conversation."""

    value: "Callable[[Session], str]"
    """What it is now, as it would be typed."""
    command: str | None
    """The command that sets it; None for what is settled when the REPL starts."""


SETTINGS = {
    "model": Setting(lambda session: session.model, "model"),
    "compare": Setting(lambda session: session.compared or OFF, "compare"),
    "threshold": Setting(shown_threshold, "threshold"),
    "uncertain": Setting(shown_band, "uncertain"),
    "explain": Setting(lambda session: on_off(session.explain), "explain"),
    "history": Setting(lambda session: on_off(is_kept(session)), "history"),
    "vi": Setting(lambda session: on_off(session.vi), None),
    "corrections": Setting(lambda session: str(session.corrections), None),
}


def values(session: "Session") -> dict[str, str]:
    """Return every setting's value: {"model": "default", "compare": "off", …}."""
    return {name: setting.value(session) for name, setting in SETTINGS.items()}


def note_changes(session: "Session", before: dict[str, str]) -> None:
    """Remember that what is not as it was before has been typed in the conversation."""
    now = values(session)
    session.origins.update({name: TYPED for name in now if now[name] != before[name]})


def rows(session: "Session") -> list[tuple[str, str, str]]:
    """Return name, value and origin of each setting."""
    return [
        (name, value, session.origins.get(name, DEFAULT)) for name, value in values(session).items()
    ]


_TEXTS = [
    ("//text", "score a text that begins with a slash"),
    ("a paste", "of several lines: each is scored, none is a command"),
]


def overview(commands: Mapping[str, Command], width: int) -> Text:
    """Return a line for each command, and for what is none."""
    rows = [(_usage(name, each), each.description) for name, each in commands.items()]
    return listing([*rows, *_TEXTS], width)


def about(name: str, command: Command, width: int) -> Text:
    """Return usage, description, what there is to say, and an example."""
    description = command.description[0].upper() + command.description[1:] + "."
    lines = [
        *wrapped(description, width),
        *wrapped(command.details, width),
        f"Example: {command.example}",
    ]
    return Text("\n").join([Text(_usage(name, command), style="bold"), *map(Text, lines)])


def _usage(name: str, command: Command) -> str:
    return f"/{name} {command.usage}".rstrip()


# What other programs call these.
_ELSEWHERE = {"exit": "quit", "q": "quit", "bye": "quit", "?": "help", "h": "help"}


def run(session: "Session", call: Call, screen: "Screen") -> None:
    """Run a command; SentimentError for an unknown one, and for what its user can mend."""
    command = COMMANDS.get(call.name)
    if command is None:
        raise SentimentError(f"{_unknown(call.name)}; //{call.name} scores it as a text")
    before = values(session)
    command.run(session, call.argument, screen)
    note_changes(session, before)


def offers(session: "Session", call: Call) -> Iterable[Offer]:
    """Return what can complete the argument of a command."""
    command = COMMANDS.get(call.name)
    return command.offers(session, call.argument) if command else []


def _unknown(name: str) -> str:
    if name in _ELSEWHERE:
        return f"no command /{name} (did you mean '/{_ELSEWHERE[name]}'?)"
    hint = name and meant(f"/{name}", [f"/{known}" for known in COMMANDS])
    return f"no command /{name}{hint or '; /help lists them'}"


def _help(_session: "Session", argument: str, screen: "Screen") -> None:

    name = argument.removeprefix("/")
    if not name:
        screen.show(overview(COMMANDS, screen.width))
    elif name in COMMANDS:
        screen.show(about(name, COMMANDS[name], screen.width))
    else:
        raise SentimentError(_unknown(name))


def _help_offers(_session: "Session", typed: str) -> list[Offer]:
    return offered(typed, [Offer(name, each.description) for name, each in COMMANDS.items()])


def _set(session: "Session", argument: str, screen: "Screen") -> None:
    name, _, value = argument.partition(" ")
    if not name:
        from lstm_sentiment_cli.rendering.cells import listing

        screen.show(listing(rows(session), screen.width))
        return
    setting = SETTINGS.get(name)
    if setting is None:
        hint = meant(name, SETTINGS) or "; /set shows those there are"
        raise SentimentError(f"no setting '{name}'{hint}")
    if setting.command is None:
        raise SentimentError(f"{name} is settled at the start: lstm-sentiment repl --{name}")
    if not value:
        screen.show_lines([f"{name} {setting.value(session)}"])
    else:
        COMMANDS[setting.command].run(session, value.strip(), screen)


def _set_offers(session: "Session", typed: str) -> list[Offer]:
    name, space, value = typed.partition(" ")
    if not space:
        return offered(typed, [Offer(each, now) for each, now in values(session).items()])
    setting = SETTINGS.get(name)
    if setting is None or setting.command is None:
        return []
    found = COMMANDS[setting.command].offers(session, value)
    return [Offer(f"{name} {offer.value}", offer.description) for offer in found]


def _quit(session: "Session", argument: str, _screen: "Screen") -> None:
    no_argument("/quit", argument)
    session.over = True


COMMANDS: dict[str, Command] = {
    "help": Command(
        _help,
        "[COMMAND]",
        "show this, or more of one command",
        _help_offers,
        "Lists the commands, or says of one what it takes and does.",
        "/help compare",
    ),
    "explain": Command(
        actions.explain,
        "[on|off]",
        "show what each word adds to an answer",
        actions.explain_offers,
        "Answers then show the text with its words coloured by what they speak for, and name the "
        "three strongest. Alone it switches from one to the other.",
        "/explain on",
    ),
    "why": Command(
        actions.why,
        "[N]",
        "show every word's part in an answer",
        actions.number_offers,
        "A line for each word, the strongest first, as many as the screen has lines: what it adds "
        "to the log-odds of the label, in its place and alone. Of the last answer, or of that "
        "with the number N in /last.",
        "/why 3",
    ),
    "model": Command(
        actions.model,
        "[NAME]",
        "list the models, or use another",
        actions.model_offers,
        "A name or a folder. Answers given before stay those of the model that gave them.",
        "/model default",
    ),
    "compare": Command(
        actions.compare,
        "[NAME|off]",
        "have a second model answer beside the first",
        actions.compare_offers,
        "Both answer every sentence, side by side; where they disagree it is marked.",
        "/compare default",
    ),
    "threshold": Command(
        actions.threshold,
        "[P|off]",
        "answer positive from another probability on",
        actions.threshold_offers,
        "From P on the first label is answered, below it the second; off: the more probable one. "
        "For models of two labels.",
        "/threshold 0.6",
    ),
    "uncertain": Command(
        actions.uncertain,
        "[LOW,HIGH|off]",
        "answer uncertain in a band of probabilities",
        actions.uncertain_offers,
        "Where the probability of the first label lies in the band, ends included, the answer is "
        "uncertain. For models of two labels.",
        "/uncertain 0.4,0.6",
    ),
    "file": Command(
        actions.file,
        "PATH",
        "score a file: counts, histogram, surest lines",
        path_offers,
        "Lines of text, csv, tsv, jsonl or parquet, plain or packed, of any length. Ctrl-C stops "
        "it and shows what there is so far. It writes nothing; predict --input does.",
        "/file tweets.csv",
    ),
    "last": Command(
        actions.last,
        "[N]",
        "list the last answers with their numbers, 10 or N",
        no_offers,
        "The numbers are what /why and /label take.",
        "/last 20",
    ),
    "label": Command(
        actions.label,
        "LABEL [N]",
        "correct an answer, for training to learn from",
        actions.label_offers,
        "Adds the text of the last answer, or of answer N, with its right label to a csv that "
        "train, train --from and evaluate read: corrections.csv, or that of repl --corrections. "
        "The same text labelled again takes the new label.",
        "/label negative 2",
    ),
    "save": Command(
        actions.save,
        "PATH",
        "write the answers so far as csv, tsv or jsonl",
        path_offers,
        "The ending of the name says which. Explanations are in it where there are some, and an "
        "answer that was compared has a row for each model. A file that is there stays as it is.",
        "/save answers.csv",
    ),
    "history": Command(
        actions.history,
        "on|off|clear",
        "keep what you type, nothing more of it, or forget it",
        actions.history_offers,
        "Off: nothing is kept from now on; on: it is again. Clear: what was kept so far, of "
        "earlier times too, is gone, also where history is off. A line that begins with a space "
        "is never kept.",
        "/history clear",
    ),
    "set": Command(
        _set,
        "[NAME VALUE]",
        "show all settings and where they come from, or set one",
        _set_offers,
        "What is set here lasts until you leave; the table [repl] of lstm-sentiment.toml lasts.",
        "/set explain on",
    ),
    "quit": Command(
        _quit, "", "leave, as Ctrl-D does", no_offers, "Ends the conversation.", "/quit"
    ),
}
"""Every command there is; a new one is a row here."""
