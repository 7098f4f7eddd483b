"""What `train` and `tune` have in common: their options, and how these become a training."""

import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import Field, dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import DATA, NETWORK, TRAINING, option
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import POOLINGS, PRESETS, Hyperparameters

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.labelled import DataFile
    from lstm_sentiment_cli.records.profile import DataCheck
    from lstm_sentiment_cli.training.recipe import Output, Recipe
    from lstm_sentiment_cli.training.training_data import TrainingData


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """The options of both commands, as they were given."""

    data: options.OptionalDataFiles = None
    config: Annotated[
        Path | None,
        option(
            "--config -c FILE", "TOML file with hyperparameters, labels and [[data]] files.", DATA
        ),
    ] = None
    data_folder: Annotated[
        Path | None,
        option(
            "--data-folder FOLDER",
            "Folder that paths of [[data]] are relative to.",
            DATA,
            default="current folder",
        ),
    ] = None
    labels: Annotated[
        str | None,
        option(
            "--labels A,B[,C]",
            "Labels to learn, in output order.",
            DATA,
            default="positive,negative",
        ),
    ] = None
    weight: Annotated[
        list[str] | None,
        option("--weight FILE=X", "Count each example of FILE X times. Repeatable.", DATA),
    ] = None
    text_column: options.TextColumn = None
    label_column: options.LabelColumn = None
    encoding: Annotated[
        str | None,
        options.encoding_option(default="utf-8"),
    ] = None
    delimiter: options.Delimiter = None
    skip_unreadable: options.SkipUnreadable = False
    preset: Annotated[
        str | None,
        option(
            "--preset NAME",
            "Hyperparameters to start from: default, or seed, the reference network.",
            TRAINING,
            default="default",
            values=tuple(PRESETS),
        ),
    ] = None
    resume: Annotated[
        bool, option("--resume", "Continue a run that was interrupted.", TRAINING)
    ] = False
    output: options.ModelFolder
    force: options.Force = False
    quiet: options.Quiet = False
    no_color: options.NoColor = False
    hyperparameters: dict[str, Any]  # those that were given; each has an option of its own

    @property
    def terminal(self) -> Terminal:
        """Where messages and progress are shown."""
        return Terminal(self.quiet, self.no_color)

    def place(self) -> "Output":
        """Return where the model goes."""
        from lstm_sentiment_cli.training.recipe import Output

        return Output(self.output, self.force, self.resume)

    def recipe(self) -> "Recipe":
        """Return the recipe of --config with these options, and the files to learn from."""
        from lstm_sentiment_cli.training.recipe import read_recipe, with_weights

        recipe = read_recipe(
            self.config,
            folder=self.data_folder,
            preset_name=self.preset,
            flags=self.hyperparameters,
            labels=self.labels,
        )
        files = (*recipe.data, *self.files(self.data or ()))
        if not files:
            raise SentimentError(
                "no data to train on; name labelled files, or [[data]] in --config"
            )
        return replace(recipe, data=with_weights(files, self.weight or ()))

    def files(self, paths: Sequence[Path]) -> "list[DataFile]":
        """Return files that are read as the options say."""
        from lstm_sentiment_cli.records.labelled import data_files

        return data_files(paths, self.text_column, self.label_column, self.encoding, self.delimiter)

    def reader(
        self,
        files: "Sequence[DataFile]",
        validation: "Sequence[DataFile]" = (),
        named: Collection[str] = (),
    ) -> "Callable[[tuple[str, ...]], TrainingData]":
        """Return a function that reads the examples of given labels and reports on the files."""
        from lstm_sentiment_cli.training.training_data import read_training_data

        def report(check: "DataCheck") -> None:
            from lstm_sentiment_cli.rendering.profiles import summary

            for line in summary(check):
                self.terminal.say(line)

        return lambda labels: read_training_data(
            files,
            validation,
            labels,
            skip_unreadable=self.skip_unreadable,
            command=sys.argv[1:],
            named=named,
            on_check=report,
        )

    @contextmanager
    def said_when_stopped(self, message: str, *, resumable: Callable[[], bool]) -> Iterator[None]:
        """Say the message when Ctrl-C or a signal stops the block, and it can be resumed."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            if resumable():
                self.terminal.say(f"stopped; {message}")
            raise


_HYPERPARAMETERS = {each.name: each for each in fields(Hyperparameters)}


def with_training_options(
    command: Callable[..., None], without: Collection[str] = ()
) -> Callable[..., None]:
    """Give a command the options above, which it gets as its argument `given`.

    Each hyperparameter has an option, except those in `without`.
    """
    flags = [_flag(each) for name, each in _HYPERPARAMETERS.items() if name not in without]
    hints = get_type_hints(TrainingOptions, include_extras=True)
    shared = [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if each.name == "output" else each.default,
            annotation=hints[each.name],
        )
        for each in fields(TrainingOptions)
        if each.name != "hyperparameters"
    ]

    @wraps(command)
    def wrapped(**values: Any) -> None:
        hyperparameters = {
            each.name: _parsed(each.name, value)
            for each in flags
            if (value := values.pop(each.name)) is not None
        }
        of_both = {each.name: values.pop(each.name) for each in shared}
        from lstm_sentiment_cli.model.folder import reserved

        given = TrainingOptions(**of_both, hyperparameters=hyperparameters)
        with nullcontext() if values.get("dry_run") else reserved(given.output):
            command(given, **values)

    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    parameters = [*shared, *own, *flags]
    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters}
    return wrapped


def _flag(given: "Field[Any]") -> inspect.Parameter:
    default: Any = given.default
    listed = isinstance(default, tuple)
    words: tuple[str, ...] = given.metadata["allowed"] if isinstance(default, str) else ()
    metavar = {int: "N", float: "X", str: "NAME", tuple: "N,N,…"}[type(default)]
    flag = option(
        f"--{given.name.replace('_', '-')} {metavar}",
        given.metadata["help"],
        NETWORK if given.metadata["network"] else TRAINING,
        default=",".join(map(str, default)) if listed else str(default),
        values=_poolings if given.name == "pooling" else words,
    )
    kind = str if listed else type(default)
    return inspect.Parameter(
        given.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, flag],
    )


def _poolings(incomplete: str) -> list[str]:
    """Return what can be typed after "max+" too: several are joined."""
    typed, plus, _ = incomplete.rpartition("+")
    return [typed + plus + each for each in POOLINGS if each not in typed.split("+")]


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(_HYPERPARAMETERS[name].default, tuple):
        return value
    try:
        return tuple(int(part) for part in value.split(","))
    except ValueError:
        raise SentimentError(
            f"{name} must be whole numbers, such as 96,48,48; got '{value}'", name
        ) from None
